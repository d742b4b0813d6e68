// The outputs of a running notebook, built from the kernel's messages: streams joined, displays replaced in place, outputs cleared.
// Which message belongs to which cell is decided by kernel.ts.

import type { NotebookCell, NotebookOutput } from "./notebook-file";
import type { Message } from "./wire";

/** Collects the outputs of all cells of one notebook, so that a later cell can replace what an earlier one displays. */
export class OutputCollector {
  #displays = new Map<string, NotebookOutput[]>();
  #clearBeforeNext = new Set<NotebookCell>();

  /** Takes one message that belongs to the execution of `cell`, a code cell. Messages without output are passed over. */
  take(cell: NotebookCell, message: Message): void {
    const content = message.content;
    switch (message.header.msg_type) {
      case "execute_input":
        cell.execution_count = Number(content.execution_count);
        break;
      case "stream":
        this.#appendStream(cell, String(content.name), String(content.text));
        break;
      case "error":
        this.append(cell, {
          output_type: "error",
          ename: content.ename,
          evalue: content.evalue,
          traceback: content.traceback,
        });
        break;
      case "display_data":
      case "execute_result":
      case "update_display_data":
        this.#display(cell, message.header.msg_type, content);
        break;
      case "clear_output":
        if (content.wait) this.#clearBeforeNext.add(cell);
        else this.#clear(cell);
        break;
    }
  }

  /** Adds `output` at the end of the cell's outputs. */
  append(cell: NotebookCell, output: NotebookOutput): void {
    if (this.#clearBeforeNext.has(cell)) this.#clear(cell);
    cell.outputs = [...(cell.outputs ?? []), output];
  }

  #clear(cell: NotebookCell): void {
    this.#clearBeforeNext.delete(cell);
    cell.outputs = [];
  }

  #appendStream(cell: NotebookCell, name: string, text: string): void {
    const last = cell.outputs?.at(-1);
    const joins = last?.output_type === "stream" && last.name === name && !this.#clearBeforeNext.has(cell);
    if (joins) last.text = `${last.text}${text}`;
    else this.append(cell, { output_type: "stream", name, text });
  }

  #display(cell: NotebookCell, type: string, content: Record<string, unknown>): void {
    const { data, metadata } = content;
    const id = (content.transient as { display_id?: string } | null | undefined)?.display_id;
    const shown = id === undefined ? [] : (this.#displays.get(id) ?? []);
    for (const output of shown) Object.assign(output, { data, metadata });
    if (type === "update_display_data") return;
    const count = type === "execute_result" ? { execution_count: cell.execution_count ?? null } : {};
    const output: NotebookOutput = { output_type: type, data, metadata, ...count };
    this.append(cell, output);
    if (id !== undefined) this.#displays.set(id, [...shown, output]);
  }
}
