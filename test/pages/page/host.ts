/**
 * The editor's half of a webview, put into every document before a script of the page runs. `harness.ts` calls it with
 * the theme and the state to begin with, and listens to what it reports.
 */
type Theme = {
  readonly classes: readonly string[];
  readonly kind: string;
  readonly variables: Readonly<Record<string, string>>;
};

interface Host {
  hostPosted(message: unknown): Promise<void>;
  hostProblem(problem: string): Promise<void>;
  acquireVsCodeApi(): unknown;
  hostTheme(theme: Theme): void;
  hostState(): unknown;
}

/** The editor gives every webview a sheet in a layer of its own; these are the rules of it that move or colour things. */
const editorDefaults = `
@layer vscode-default {
  html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
  body {
    overscroll-behavior-x: none; background-color: transparent; margin: 0; padding: 0 20px;
    color: var(--vscode-editor-foreground); font-family: var(--vscode-font-family);
    font-weight: var(--vscode-font-weight); font-size: var(--vscode-font-size);
  }
  a { color: var(--vscode-textLink-foreground); }
  a:hover { color: var(--vscode-textLink-activeForeground); }
  a:focus, input:focus, select:focus, textarea:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
  code { color: var(--vscode-textPreformat-foreground); background-color: var(--vscode-textPreformat-background); }
}
@layer frame { html { background-color: var(--vscode-editor-background); } }`;

export function play(first: { readonly theme: Theme; readonly state: unknown }): void {
  const host = window as unknown as Host;
  const openedBefore = "the document was loaded before";
  const kept = "the state the page keeps";

  if (sessionStorage.getItem(openedBefore) === null) {
    sessionStorage.setItem(openedBefore, "yes");
    if (first.state !== undefined) {
      sessionStorage.setItem(kept, JSON.stringify(first.state));
    }
  }

  host.hostState = () => {
    const text = sessionStorage.getItem(kept);
    return text === null ? undefined : JSON.parse(text);
  };

  let acquired = false;
  host.acquireVsCodeApi = () => {
    if (acquired) {
      throw new Error("An instance of the VS Code API has already been acquired");
    }
    acquired = true;
    return Object.freeze({
      postMessage(message: unknown) {
        void host.hostPosted(structuredClone(message));
      },
      getState: host.hostState,
      setState(state: unknown) {
        if (state === undefined) {
          sessionStorage.removeItem(kept);
        } else {
          sessionStorage.setItem(kept, JSON.stringify(state));
        }
        return state;
      },
    });
  };

  document.addEventListener("securitypolicyviolation", (event) => {
    const what = event.blockedURI === "" ? event.sourceFile : event.blockedURI;
    void host.hostProblem(`policy: ${event.violatedDirective} blocked ${what}`);
  });
  window.addEventListener("unhandledrejection", (event) => {
    const reason: unknown = event.reason;
    void host.hostProblem(`rejected: ${reason instanceof Error ? reason.message : String(reason)}`);
  });

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(editorDefaults);
  document.adoptedStyleSheets.push(sheet);

  host.hostTheme = (theme) => {
    document.documentElement.removeAttribute("style");
    for (const [name, value] of Object.entries(theme.variables)) {
      document.documentElement.style.setProperty(name, value);
    }
    for (const name of [...document.body.classList].filter((name) => name.startsWith("vscode-"))) {
      document.body.classList.remove(name);
    }
    document.body.classList.add("vscode-body", ...theme.classes);
    document.body.dataset["vscodeThemeKind"] = theme.kind;
  };
  const whenBodyIsThere = new MutationObserver(() => {
    if (document.body !== null) {
      whenBodyIsThere.disconnect();
      host.hostTheme(first.theme);
    }
  });
  whenBodyIsThere.observe(document, { childList: true, subtree: true });
}
