/** Program text as highlighted HTML; its colours are in the page's style sheet. */

import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import typescript from "highlight.js/lib/languages/typescript";
import { escaped } from "./escape";

hljs.registerLanguage("bash", bash);
hljs.registerLanguage("json", json);
hljs.registerLanguage("typescript", typescript);
hljs.registerAliases(["shell", "console"], { languageName: "bash" });
hljs.registerAliases(["javascript", "js"], { languageName: "typescript" });

/** A block of code in the language of that name; a language that is not known stays plain. */
export function highlighted(source: string, language?: string): string {
  const [name = ""] = (language ?? "").split(/\s/);
  const html = hljs.getLanguage(name) ? hljs.highlight(source, { language: name }).value : escaped(source);
  return `<pre class="code" tabindex="0"><code>${html}</code></pre>`;
}
