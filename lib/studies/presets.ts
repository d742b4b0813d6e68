/** The studies that come with the kit, and how a study is found by name or file. */

import { readFileSync } from "node:fs";
import { parseStudy, type Study, StudyError } from "./study";

/** Twelve even steps (×1.51) on a logarithmic scale, rounded to whole multiples that matrix kernels like. */
const KANJI_SIZES = [8, 12, 18, 28, 42, 64, 96, 144, 224, 336, 512, 768];

/** Twelve even steps (×1.47): the E6 series of preferred numbers. */
const KANJI_RATES = [
  2.2e-4, 3.3e-4, 4.7e-4, 6.8e-4, 1e-3, 1.5e-3, 2.2e-3, 3.3e-3, 4.7e-3, 6.8e-3, 1e-2, 1.5e-2,
];

const DECLARED = [
  {
    name: "kanji-500",
    title: "432 trials on endless kanji: 12 sizes from 8 to 768, 500 updates",
    dataset: { name: "kanji-1000" },
    base: { updates: 500, batch_size: 128 },
    factors: { hidden_size: KANJI_SIZES, learning_rate: KANJI_RATES, seed: [0, 1, 2] },
  },
  {
    name: "kanji",
    title: "432 trials on endless kanji: 12 sizes from 8 to 768, 1,000 updates",
    dataset: { name: "kanji-1000" },
    base: { updates: 1000, batch_size: 128 },
    factors: { hidden_size: KANJI_SIZES, learning_rate: KANJI_RATES, seed: [0, 1, 2] },
  },
  {
    name: "kanji-quick",
    title: "The 432 trials of kanji with a fifth of the updates",
    dataset: { name: "kanji-1000" },
    base: { updates: 200, batch_size: 128 },
    factors: { hidden_size: KANJI_SIZES, learning_rate: KANJI_RATES, seed: [0, 1, 2] },
  },
  {
    name: "fashion-mnist",
    title: "432 trials on Fashion-MNIST at 14×14 pixels: 12 sizes from 4 to 512, 1,000 updates",
    dataset: { name: "fashion-mnist" },
    evaluation: { split: "test", examples: 10_000 },
    base: { updates: 1000, batch_size: 128 },
    factors: {
      hidden_size: [4, 6, 10, 16, 24, 36, 56, 88, 136, 212, 328, 512],
      learning_rate: [
        1.5e-4, 2.7e-4, 4.7e-4, 8.2e-4, 1.5e-3, 2.7e-3, 4.7e-3, 8.2e-3, 1.5e-2, 2.7e-2, 4.7e-2, 8.2e-2,
      ],
      seed: [0, 1, 2],
    },
  },
  {
    name: "paper",
    title: "The post's own 432 trials: 12 sizes from 4 to 8192 on ImageNet at 32×32 pixels, 30,000 updates",
    dataset: { name: "imagenet-32" },
    evaluation: { split: "test", examples: 50_000 },
    base: { updates: 30_000, batch_size: 128 },
    factors: {
      hidden_size: [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192],
      learning_rate: [1e-5, 2e-5, 3e-5, 6e-5, 1e-4, 2e-4, 3e-4, 6e-4, 1e-3, 2e-3, 3e-3, 6e-3],
      seed: [0, 1, 2],
    },
  },
  {
    name: "smoke",
    title: "The whole pipeline in seconds: 12 sizes, 6 rates, 2 seeds, 60 updates of Fashion-MNIST",
    dataset: { name: "fashion-mnist" },
    evaluation: { split: "test", examples: 1024 },
    base: { updates: 60, batch_size: 64 },
    factors: {
      hidden_size: [4, 6, 8, 12, 16, 22, 32, 44, 64, 88, 128, 176],
      learning_rate: [1e-3, 2.2e-3, 4.7e-3, 1e-2, 2.2e-2, 4.7e-2],
      seed: [0, 1],
    },
  },
];

/** The studies that come with the kit. */
export const PRESETS: readonly Study[] = DECLARED.map((declared) =>
  parseStudy(declared, `preset ${declared.name}`),
);

/** The study that commands take where none is named, that `npm run reproduce` trains, and that the notebooks show. */
export const DEFAULT_STUDY: Study = PRESETS[0]!;

/**
 * The study of that name, or the one declared in that JSON file.
 *
 * @throws StudyError where there is neither, or the file declares no valid study
 */
export function findStudy(nameOrFile: string): Study {
  const preset = PRESETS.find(({ name }) => name === nameOrFile);
  if (preset) return preset;
  let text: string;
  try {
    text = readFileSync(nameOrFile, "utf8");
  } catch (error) {
    const names = PRESETS.map(({ name }) => name).join(", ");
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = { ENOENT: "no such file", EISDIR: "it is a folder" };
    const reason = reasons[code ?? ""] ?? message;
    throw new StudyError(
      `${nameOrFile} is neither a study of the kit (${names}) nor a readable file: ${reason}`,
    );
  }
  return parseStudyText(text, nameOrFile);
}

/**
 * The study that a file's text declares; some editors put a byte order mark before it.
 *
 * @param source the file, for messages
 * @throws StudyError where it declares no valid study
 */
export function parseStudyText(text: string, source: string): Study {
  let declared: unknown;
  try {
    declared = JSON.parse(text.replace(/^\uFEFF/, ""));
    JSON.stringify(declared); // whoever reads a study further must come to its end
  } catch (error) {
    const reason =
      error instanceof RangeError
        ? "is nested too deeply"
        : /\0/.test(text)
          ? "is not text in UTF-8; save it in that encoding"
          : `is not JSON: ${(error as Error).message}`;
    throw new StudyError(`${source} ${reason}`);
  }
  return parseStudy(declared, source);
}
