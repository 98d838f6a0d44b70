// Charla's own tools by MCP: CHARLA_URL=http://127.0.0.1:8080 node mcp.mjs search_chats '{"words": "invoice"}'
// Needs the package @modelcontextprotocol/client. Without a tool's name it lists those that the key is made for.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const { CHARLA_URL = "http://127.0.0.1:8080", CHARLA_KEY: key } = process.env;
const client = new Client(
  { name: "example", version: "1" },
  { versionNegotiation: { mode: "auto" } },
);
const authProvider = key && { token: async () => key };
await client.connect(
  new StreamableHTTPClientTransport(new URL("/mcp", CHARLA_URL), { authProvider }),
);
const [, , name, given = "{}"] = process.argv;
if (name) {
  const { content } = await client.callTool({ name, arguments: JSON.parse(given) });
  console.log(content.map(({ text }) => text).join("\n"));
} else {
  for (const { name, description } of (await client.listTools()).tools)
    console.log(`${name}: ${description}`);
}
await client.close();
