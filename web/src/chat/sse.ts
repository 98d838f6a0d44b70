/**
 * Reads a stream of server-sent events, each with one line of JSON.
 * Source: WHATWG HTML, section 9.2 "Server-sent events".
 */
export async function* readEvents<Event>({ body }: Response): AsyncGenerator<Event> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    while (reader) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice(6));
    }
  } finally {
    await reader?.cancel();
  }
}
