/** The two icons of the composer, in the colour of the text around them. */
export const SendIcon = () => (
  <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
    <path d="M10 16V4.5M5 9.2l5-5 5 5" />
  </svg>
);

export const StopIcon = () => (
  <svg className="icon solid" viewBox="0 0 20 20" aria-hidden="true">
    <rect x="5.5" y="5.5" width="9" height="9" rx="1.8" />
  </svg>
);
