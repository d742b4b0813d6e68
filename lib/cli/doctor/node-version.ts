/** Which versions of Node the kit runs on, and what does not work on one of them. */

/** The lines of Node that the tests are run on, by their first number. */
const TESTED = [20, 22, 24];

/** The oldest version: from it on, `require` loads the packages that are ECMAScript modules alone. */
const OLDEST = [20, 19] as const;

/** What a reader should know of a version of Node, in sentences without a full stop. */
export function nodeNotices(version: string): string[] {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return [
      `offcurve needs Node ${OLDEST.join(".")} or newer, and this is ${version}; engines may fail for that alone`,
    ];
  }
  if (!TESTED.includes(major)) {
    return [`offcurve is tested on Node ${TESTED.join(", ")}, and this is ${version}`];
  }
  return [];
}
