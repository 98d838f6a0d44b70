/** The rooms' icons: 20 x 20, one stroke, in the colour of the text around them. */

const PATHS = {
  close: "M5 5l10 10M15 5L5 15",
  copy: "M7 7V4.5A1.5 1.5 0 0 1 8.5 3h7A1.5 1.5 0 0 1 17 4.5v7a1.5 1.5 0 0 1-1.5 1.5H13M4.5 7h7A1.5 1.5 0 0 1 13 8.5v7a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 15.5v-7A1.5 1.5 0 0 1 4.5 7Z",
  check: "M4 10.5l4 4 8-9",
  down: "M10 4v11.5M5 10.8l5 5 5-5",
  download: "M10 3v9.5M6 8.8l4 4 4-4M4 16.5h12",
  edit: "M12.5 4.5l3 3M4 16l.8-3.6 8.4-8.4a1.4 1.4 0 0 1 2 0l.8.8a1.4 1.4 0 0 1 0 2L7.6 15.2Z",
  export: "M10 12.5V3M6 6.7l4-4 4 4M4 11v4.5A1.5 1.5 0 0 0 5.5 17h9a1.5 1.5 0 0 0 1.5-1.5V11",
  help: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM7.8 7.8a2.2 2.2 0 1 1 3.3 2c-.8.4-1.1.8-1.1 1.6M10 14v.1",
  import: "M10 3v9.5M6 8.8l4 4 4-4M4 11v4.5A1.5 1.5 0 0 0 5.5 17h9a1.5 1.5 0 0 0 1.5-1.5V11",
  info: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM10 9.3v4.2M10 6.5v.1",
  left: "M12 5l-5 5 5 5",
  image:
    "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v9a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5v-9A1.5 1.5 0 0 1 4.5 4ZM3.5 14.5l4-4 3 3 2-2 4 3.5M12.7 8v.1",
  model: "M10 3l6 3.3v7L10 17l-6-3.7v-7ZM4 6.5l6 3.5 6-3.5M10 10v7",
  more: "M5 10v.1M10 10v.1M15 10v.1",
  pin: "M7.5 3h5M8.5 3v5L6 11.5h8L11.5 8V3M10 11.5V17",
  plus: "M10 4v12M4 10h12",
  pulse: "M2.5 10H6l2.5-6 3.5 12 2.5-6h3",
  refresh: "M16 10a6 6 0 1 1-1.9-4.4M16.5 3v3.5H13",
  right: "M8 5l5 5-5 5",
  search: "M9 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM13.5 13.5L17 17",
  sidebar:
    "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v9a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5v-9A1.5 1.5 0 0 1 4.5 4ZM8 4v12",
  sliders: "M3.5 6.5h6M14 6.5h2.5M12 4.5v4M3.5 13.5H6M10.5 13.5h6M8.2 11.5v4",
  trash:
    "M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.7 10A1.5 1.5 0 0 0 7.7 17h4.6a1.5 1.5 0 0 0 1.5-1.5l.7-10M8.5 8.7v5M11.5 8.7v5",
  warn: "M10 3.5l7.2 12.5H2.8ZM10 8.5v3.5M10 14v.1",
};

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
