// The contract between a notebook kernel and long work inside a cell: one AbortSignal a cell, aborted when the kernel is interrupted.
// A leaf: it imports nothing. The kernel's side (who provides the signal) is in kernel/server.ts.

const providerKey = Symbol.for("offcurve.cell_signal");

/** Answers which signal belongs to the cell that is asking. */
export type CellSignalProvider = () => AbortSignal | undefined;

/**
 * The signal of the notebook cell that the calling code belongs to, or undefined outside a kernel that provides one.
 *
 * It is aborted when the user interrupts the kernel, and when the cell has failed while part of its work still runs. Its reason is then an
 * Error named `Interrupt`. Code that asks for the signal is trusted to stop soon after: the kernel then waits a few seconds for the cell to
 * end by itself, so that finished work can be saved. A cell whose code never asked is ended at once.
 */
export function cellSignal(): AbortSignal | undefined {
  const provider = (globalThis as Record<symbol, unknown>)[providerKey];
  return typeof provider === "function" ? (provider as CellSignalProvider)() : undefined;
}

/** Registers the kernel's answer to `cellSignal()` for the whole process. Called once, by the kernel. */
export function provideCellSignal(provider: CellSignalProvider): void {
  (globalThis as Record<symbol, unknown>)[providerKey] = provider;
}
