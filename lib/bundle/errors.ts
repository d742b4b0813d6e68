/** The error of a bundle that cannot be made. */

/** The message is one sentence: what is wrong, where, and what to do. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}
