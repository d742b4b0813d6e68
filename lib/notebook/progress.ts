/**
 * One bar that tells how far long work has come: in a notebook a display that is replaced in place, elsewhere a line on standard error.
 */

import { randomUUID } from "node:crypto";
import { runningKernel } from "./kernel";
import { escaped } from "./table";

/** A display is replaced at most this often, in milliseconds; more would only burden the front end. */
const INTERVAL = 200;

/** Characters of the bar drawn as text. */
const TEXT_WIDTH = 20;

/** A progress bar. Nothing is shown before its first call. */
export interface ProgressBar {
  /** Shows the part of the work that is done, 0 to 1, and a few words; calls in quick succession are passed over. */
  update(share: number, text: string): void;
  /**
   * Replaces the bar by its label and `text`, "done" unless given; later calls are passed over. In a notebook this is what is saved:
   * leave out times, so that the next execution saves the same.
   */
  done(text?: string): void;
}

/** A progress bar for the cell that now runs. `label` says what is being done. */
export function progress(label: string): ProgressBar {
  const display = notebookDisplay() ?? terminalLine();
  let shownAt = Number.NEGATIVE_INFINITY;
  let finished = false;
  return {
    update(share, text) {
      const now = performance.now();
      if (finished || now - shownAt < INTERVAL) return;
      shownAt = now;
      display.running(label, Math.min(1, Math.max(0, share)), text);
    },
    done(text = "done") {
      if (finished) return;
      finished = true;
      display.final(`${label}: ${text}`);
    },
  };
}

interface Display {
  running(label: string, share: number, text: string): void;
  final(text: string): void;
}

function notebookDisplay(): Display | undefined {
  const send = runningKernel();
  if (!send) return undefined;
  // Random, but never saved: two kernels of one page must not share it.
  const id = randomUUID();
  let shown = false;
  const put = (data: Record<string, string>) => {
    send({ data }, id, shown);
    shown = true;
  };
  return {
    running(label, share, text) {
      const bar = `<progress value="${share.toFixed(3)}" max="1" style="width: 16em"></progress>`;
      const words = `${label}: ${percent(share)}, ${text}`;
      put({
        "text/html": `<div>${bar} ${escaped(words)}</div>`,
        "text/plain": `${textBar(share)} ${words}`,
      });
    },
    final: (text) => put({ "text/plain": text }),
  };
}

/** On a terminal one line that is redrawn; in a file the last state alone. */
function terminalLine(): Display {
  const { stderr } = process;
  return {
    running(label, share, text) {
      if (!stderr.isTTY) return;
      const line = `${textBar(share)} ${label}: ${percent(share)}, ${text}`;
      stderr.write(`\r\u001b[K${line.slice(0, (stderr.columns || 80) - 1)}`);
    },
    final: (text) => void stderr.write(`${stderr.isTTY ? "\r\u001b[K" : ""}${text}\n`),
  };
}

/** Whole percents; 100 only when all is done. */
function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

function textBar(share: number): string {
  return `[${"=".repeat(Math.floor(share * TEXT_WIDTH)).padEnd(TEXT_WIDTH)}]`;
}
