/** Links and images of an answer: nothing is opened or loaded until the reader asks for it. */
import type { ReactNode } from "react";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Icon } from "../../ui/icons.tsx";
import { t } from "./words.ts";

const OPENABLE = ["http:", "https:", "mailto:"];

/** The address, if it is one that may be opened. */
function parse(address: unknown): URL | null {
  const url = typeof address === "string" ? URL.parse(address) : null;
  return url && OPENABLE.includes(url.protocol) ? url : null;
}

/** Where it leads stands beside the text, which may say something else. */
const hostOf = (url: URL) => (url.protocol === "mailto:" ? url.pathname : url.host);

export function Link({ href, children }: { href: string | undefined; children?: ReactNode }) {
  const url = parse(href);
  if (!url) return <span>{children}</span>;
  const host = hostOf(url);
  const said = typeof children === "string" && (children === href || children === host);
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer" title={url.href}>
      {children}
      {!said && (
        <>
          {" "}
          <bdi className="host" dir="ltr">
            {host}
          </bdi>
        </>
      )}
    </a>
  );
}

export function RemoteImage({ src, alt }: { src: unknown; alt: string | undefined }) {
  const url = parse(src);
  return (
    <span className="remote-image">
      <Icon name="image" />
      <span>
        {alt || t("image.unnamed")}
        <span className="hint">{t("image.notLoaded")}</span>
      </span>
      {url && (
        <>
          <Link href={url.href}>{t("image.open")}</Link>
          <CopyButton text={url.href} label={t("image.copy")} />
        </>
      )}
    </span>
  );
}
