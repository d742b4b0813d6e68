/**
 * The one place that knows tslab: how a display leaves a cell of a running kernel. What is displayed is decided elsewhere.
 */

/** What a display holds: the same content under each MIME type, so that every front end finds one that it can show. */
export interface MimeBundle {
  readonly data: Readonly<Record<string, unknown>>;
  /** How a front end should show it, by MIME type, such as the size of an image. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Sends a display from the cell that now runs; with the id of an earlier display it replaces that one in place. */
export type SendDisplay = (bundle: MimeBundle, id?: string, replace?: boolean) => void;

const TSLAB_JUPYTER = /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/;

/** The part of tslab's module `dist/jupyter` that sends displays; null until a cell has run. */
interface TslabJupyter {
  readonly lastWriteDisplayData: ((content: object, replace: boolean) => void) | null;
}

/**
 * How the running cell sends a display, or undefined outside a tslab kernel.
 *
 * The kernel's own copy of tslab is looked up among the loaded modules. Loading one would miss it: the kernel may run another copy than
 * the one installed here, and outside a kernel there need not be any.
 */
export function runningKernel(): SendDisplay | undefined {
  const loaded = Object.values(require.cache).find((each) => each && TSLAB_JUPYTER.test(each.filename));
  const write = (loaded?.exports as TslabJupyter | undefined)?.lastWriteDisplayData;
  if (!write) return undefined;
  return ({ data, metadata = {} }, id, replace = false) =>
    write({ data, metadata, transient: id === undefined ? {} : { display_id: id } }, replace);
}
