/** One short message at a time at the foot of the page, with at most one thing to do about it. */
import { useEffect } from "react";
import { t } from "../chat/language.ts";
import { IconButton } from "./IconButton.tsx";
import { createStore } from "./store.ts";

interface Toast {
  readonly text: string;
  readonly action?: { readonly label: string; run(): void };
}

/** Long enough to read it and to reach its button by keyboard. */
const VISIBLE_MS = 10_000;

const store = createStore<{ toast: Toast | null }>({ toast: null });

export const showToast = (toast: Toast) => store.set({ toast });

export function ToastArea() {
  const toast = store.use((state) => state.toast);
  useEffect(() => {
    if (!toast) return;
    const timer = setTimeout(() => store.set({ toast: null }), VISIBLE_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div role="status" className="toast-area">
      {toast && (
        <div className="toast">
          <span>{toast.text}</span>
          {toast.action && (
            <button
              type="button"
              className="toast-action"
              onClick={() => {
                toast.action?.run();
                store.set({ toast: null });
              }}
            >
              {toast.action.label}
            </button>
          )}
          <IconButton icon="close" label={t("close")} onClick={() => store.set({ toast: null })} />
        </div>
      )}
    </div>
  );
}
