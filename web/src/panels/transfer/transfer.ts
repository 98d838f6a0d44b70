/** Chats as files: out, as Markdown to read or JSON to keep. */
const BASE = "/api/conversations";

export const exportAll = () => location.assign(`${BASE}/export`);

export const exportChat = (id: string, format: "markdown" | "json") =>
  location.assign(`${BASE}/${encodeURIComponent(id)}/export?format=${format}`);
