/**
 * Which names files in an archive may have: those that mean the same file, inside the folder, on every system. Export and import hold to the same
 * rules, so that what is exported can be imported anywhere.
 */

const MOST_BYTES_OF_PART = 255;
const MOST_BYTES = 1000;

/** Names that Windows gives to devices, with any extension. */
const DEVICES = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** What is wrong with the path of a file in an archive, in words that follow its name; undefined where nothing is. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name.includes("\\")) return "has a backslash, which is a separator on some systems";
  if (name.startsWith("/")) return "is an absolute path";
  if (/^[a-z]:/i.test(name)) return "begins with a drive letter";
  if (/\p{C}/u.test(name)) return "has control or unassigned characters";
  if (Buffer.byteLength(name) > MOST_BYTES) return `is longer than ${MOST_BYTES} bytes`;
  for (const part of name.split("/")) {
    if (part === "..") return "leaves the folder";
    if (part === "" || part === ".") return "has an empty part";
    if (/[<>:"|?*]/.test(part)) return 'has one of the characters < > : " | ? *, which some systems refuse';
    if (/^\s|[\s.]$/.test(part))
      return "has a part that begins with a space or ends with a space or a full stop";
    if (DEVICES.test(part)) return "has the name of a device";
    if (Buffer.byteLength(part) > MOST_BYTES_OF_PART)
      return `has a part longer than ${MOST_BYTES_OF_PART} bytes`;
  }
  return undefined;
}

/**
 * The first two names that would meet on some system: the same name twice, names that differ in case or in the composition of letters
 * alone, and a file where another needs a folder. Undefined where all keep apart.
 */
export function collisionOf(names: readonly string[]): readonly [string, string] | undefined {
  const files = new Map<string, string>();
  const folders = new Map<string, string>(); // with the name of a file in it
  const spellings = new Map<string, string>();
  for (const name of names) {
    const twin = files.get(folded(name));
    if (twin !== undefined) return [twin, name];
    files.set(folded(name), name);
    const parts = name.split("/").slice(0, -1);
    for (let i = 1; i <= parts.length; i++) {
      const folder = parts.slice(0, i).join("/");
      const other = spellings.get(folded(folder)) ?? folder;
      if (other !== folder) return [folders.get(folded(folder))!, name];
      spellings.set(folded(folder), folder);
      folders.set(folded(folder), name);
    }
  }
  for (const [key, name] of files) {
    const inside = folders.get(key);
    if (inside !== undefined) return [name, inside];
  }
  return undefined;
}

/** One spelling for all that a system without regard to case or composition takes for the same. */
function folded(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}
