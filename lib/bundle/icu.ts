/**
 * The tables of the world's languages that a Node binary carries (ICU's data, a third of the binary), emptied but for English, which is all
 * that this program speaks. ICU treats an emptied table like one that was never there, and Node then answers in US English whatever it is asked.
 */

/** Bytes 2 and 3 of the header of every piece of ICU data, and the format of a package of them (ICU's `ucmndata.h`). */
const MAGIC = [0xda, 0x27];
const PACKAGE_FORMAT = "CmnD";
const FORMAT_OFFSET = 12;

/** Tables of a language: `de.res`, `zone/zh_Hant.res`. */
const OF_A_LANGUAGE = /(?:^|\/)(?!en[._])[a-z]{2,3}(?:_[A-Za-z0-9_]+)?\.res$/;

/** Dictionaries that split words of languages without spaces, character sets older than Unicode, transliteration. */
const OF_OTHER_USE = /\.(?:dict|cnv)$|^translit\//;

/**
 * A copy of the binary in which all but the English and the common tables are zeros, so that they compress to nothing. A binary without such
 * tables, or with tables in an unknown form, is returned as it is.
 */
export function englishOnly(binary: Buffer): Buffer {
  const start = packageStart(binary);
  if (start === undefined) return binary;
  const contents = start + binary.readUInt16LE(start);
  const count = binary.readUInt32LE(contents);
  const items = Array.from({ length: count }, (_, i) => {
    const at = contents + 4 + 8 * i;
    const name = contents + binary.readUInt32LE(at);
    const path = binary.toString("latin1", name, binary.indexOf(0, name));
    return { path: path.slice(path.indexOf("/") + 1), from: contents + binary.readUInt32LE(at + 4) };
  }).sort((a, b) => a.from - b.from);
  const emptied = Buffer.from(binary);
  items.forEach(({ path, from }, i) => {
    const next = items[i + 1]; // the end of the last item is not written down; it stays
    if (next && (OF_A_LANGUAGE.test(path) || OF_OTHER_USE.test(path))) emptied.fill(0, from, next.from);
  });
  return emptied;
}

function packageStart(binary: Buffer): number | undefined {
  for (let at = binary.indexOf(PACKAGE_FORMAT); at >= 0; at = binary.indexOf(PACKAGE_FORMAT, at + 1)) {
    const start = at - FORMAT_OFFSET;
    if (start >= 0 && binary[start + 2] === MAGIC[0] && binary[start + 3] === MAGIC[1]) return start;
  }
  return undefined;
}
