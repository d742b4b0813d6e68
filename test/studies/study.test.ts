import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_STUDY, findStudy, PRESETS } from "../../lib/studies/presets";
import { parseStudy, StudyError } from "../../lib/studies/study";
import { studyHash, trialsOf } from "../../lib/studies/trials";

const valid = {
  name: "mine",
  dataset: { name: "kanji-1000" },
  base: { learning_rate: 1e-3 },
  factors: { hidden_size: [8, 16], seed: [0, 1, 2] },
};

const messageOf = (declared: unknown) => {
  try {
    parseStudy(declared, "mine.json");
  } catch (error) {
    expect(error).toBeInstanceOf(StudyError);
    return (error as Error).message;
  }
  throw new Error("the study was accepted");
};

describe("a declared study", () => {
  it("is completed with the defaults", () => {
    const study = parseStudy(valid, "mine.json");
    expect(study).toMatchObject({
      title: "mine",
      data_seed: 0,
      evaluation: { split: "test", examples: 4096 },
    });
    expect(trialsOf(study)).toHaveLength(6);
    expect(trialsOf(study)[0]!.config).toMatchObject({
      depth: 3,
      optimizer: "adam",
      updates: 1000,
      batch_size: 128,
    });
  });

  it.each([
    ["a string", "text", 'mine.json: the study is "text"; expected an object'],
    ["nothing", null, "mine.json: the study is null; expected an object"],
    [
      "a negative size",
      { ...valid, factors: { hidden_size: [8, -4] } },
      "mine.json: factors.hidden_size[1] is -4; expected an integer from 1 to 65536",
    ],
    [
      "a size that is no number",
      { ...valid, factors: { hidden_size: ["8"] } },
      'mine.json: factors.hidden_size[0] is "8"; expected an integer from 1 to 65536',
    ],
    [
      "a factor without a list",
      { ...valid, factors: { hidden_size: 8 } },
      "mine.json: factors.hidden_size is 8; expected a list of one or more values, each an integer from 1 to 65536",
    ],
    [
      "an empty factor",
      { ...valid, factors: { hidden_size: [] } },
      "mine.json: factors.hidden_size is []; expected a list of one or more values, each an integer from 1 to 65536",
    ],
    [
      "an activation that does not exist",
      { ...valid, base: { ...valid.base, activation: "swish" } },
      'mine.json: base.activation is "swish"; expected one of relu, tanh, gelu',
    ],
    [
      "a rate of zero",
      { ...valid, base: { learning_rate: 0 } },
      "mine.json: base.learning_rate is 0; expected a number from 1.18e-38 to 1000000",
    ],
    [
      "a rate that a program in float32 takes for 0",
      { ...valid, base: { learning_rate: 1e-310 } },
      "mine.json: base.learning_rate is 1e-310; expected a number from 1.18e-38 to 1000000",
    ],
    [
      "a momentum like that",
      { ...valid, base: { ...valid.base, momentum: 1e-40 } },
      "mine.json: base.momentum is 1e-40; expected 0 or a number from 1.18e-38 to below 1",
    ],
    [
      "a title of several lines",
      { ...valid, title: "one\ntwo" },
      'mine.json: title is "one\\ntwo"; expected 1 to 200 characters in one line',
    ],
    [
      "a title that colours a terminal",
      { ...valid, title: "red \u001b[31m" },
      'mine.json: title is "red \\u001b[31m"; expected 1 to 200 characters in one line',
    ],
    [
      "more trials than can be kept, which are never made",
      {
        ...valid,
        factors: {
          hidden_size: Array.from({ length: 2000 }, (_, i) => i + 1),
          seed: Array.from({ length: 1000 }, (_, i) => i),
          init_gain: Array.from({ length: 1000 }, (_, i) => (i + 1) / 100),
        },
      },
      "mine.json: 2,000 × 1,000 × 1,000 values make 2,000,000,000 trials, and a study can have 100,000; shorten the lists, or split it into several studies",
    ],
    [
      "no data set",
      { ...valid, dataset: undefined },
      'mine.json: dataset is missing; expected an object with a name, such as {"name": "kanji-1000"}',
    ],
    [
      "a name for a path",
      { ...valid, name: "../up" },
      'mine.json: name is "../up"; expected up to 64 lower-case letters, digits and hyphens',
    ],
    [
      "no learning rate",
      { ...valid, base: {} },
      "mine.json: learning_rate is missing; give it in base or in factors as a number from 1.18e-38 to 1000000",
    ],
    [
      "a field in both places",
      { ...valid, base: { ...valid.base, hidden_size: 8 } },
      "mine.json: hidden_size is in both base and factors; keep it in one of them",
    ],
    [
      "a value listed twice",
      { ...valid, factors: { hidden_size: [8, 16, 8] } },
      "mine.json: factors.hidden_size lists 8 twice; list each value once",
    ],
    [
      "a warm-up that never ends",
      { ...valid, base: { ...valid.base, updates: 10, warmup_updates: 10 } },
      "mine.json: warmup_updates is 10, which leaves nothing of 10 updates; make it smaller",
    ],
  ])("with %s is refused, naming field, value and remedy", (_, declared, message) => {
    expect(messageOf(declared)).toBe(message);
  });

  it("with a misspelt field is refused, naming the fields there are", () => {
    expect(messageOf({ ...valid, base: { learning_rat: 1 } })).toMatch(
      /^mine\.json: base has an unknown field learning_rat; known are hidden_size, depth, .*updates$/,
    );
    expect(messageOf({ ...valid, seeds: [1] })).toMatch(
      /^mine\.json: the study has an unknown field seeds; known are name, /,
    );
  });

  it("with an unknown field of any length is refused in a short sentence", () => {
    const message = messageOf({ ...valid, ["k".repeat(5e6)]: 1 });
    expect(message).toMatch(/^mine\.json: the study has an unknown field k+…; known are name, /);
    expect(message.length).toBeLessThan(250);
  });

  it("may have as many trials as can be kept", () => {
    const seeds = Array.from({ length: 50_000 }, (_, i) => i);
    const study = parseStudy({ ...valid, factors: { hidden_size: [8, 16], seed: seeds } }, "mine.json");
    expect(study.factors.seed).toHaveLength(50_000);
  });

  it("takes 0 where 0 has a meaning", () => {
    const base = { ...valid.base, epsilon: 0, momentum: 0, beta1: 0, final_fraction: 0 };
    expect(parseStudy({ ...valid, base }, "mine.json").base).toEqual(base);
  });

  it("never crashes on any JSON document", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (document) => {
        expect(() => parseStudy(document, "any.json")).toThrow(StudyError);
      }),
    );
  });
});

describe("a study file", () => {
  const folder = mkdtempSync(join(tmpdir(), "offcurve-study-"));

  it("is read from disk", () => {
    const file = join(folder, "mine.json");
    writeFileSync(file, JSON.stringify(valid));
    expect(findStudy(file).factors).toEqual(valid.factors);
  });

  it("is read with the byte order mark that some editors put before it", () => {
    const file = join(folder, "bom.json");
    writeFileSync(file, `\uFEFF${JSON.stringify(valid)}`);
    expect(findStudy(file)).toEqual(parseStudy(valid, file));
  });

  it("in another encoding, or nested without end, is refused with what to do", () => {
    const file = join(folder, "hostile.json");
    writeFileSync(file, Buffer.from(`\uFEFF${JSON.stringify(valid)}`, "utf16le"));
    expect(() => findStudy(file)).toThrow(`${file} is not text in UTF-8; save it in that encoding`);
    const nested = "[".repeat(100_000) + "]".repeat(100_000);
    for (const text of [nested, `{"name": "x", "dataset": {"name": "kanji-1000", "x": ${nested}}}`]) {
      writeFileSync(file, text);
      expect(() => findStudy(file)).toThrow(new StudyError(`${file} is nested too deeply`));
    }
  });

  it("that is missing or no JSON is named", () => {
    const file = join(folder, "broken.json");
    writeFileSync(file, '{"name": ');
    expect(() => findStudy(file)).toThrow(`${file} is not JSON`);
    expect(() => findStudy("kanij")).toThrow(
      /kanij is neither a study of the kit \(kanji-500, .*\) nor a readable file/,
    );
  });
});

describe("trials", () => {
  const study = parseStudy(valid, "mine.json");

  it("are all points of the grid over any named factors, the seed among them", () => {
    const grid = { batch_size: [16, 32], schedule: ["constant", "cosine"], layer_norm: [true, false] };
    const trials = trialsOf(
      parseStudy({ ...valid, base: { hidden_size: 4, learning_rate: 1 }, factors: grid }, ""),
    );
    expect(trials).toHaveLength(8);
    expect(trials[1]).toMatchObject({
      factors: { batch_size: 16, schedule: "constant", layer_norm: false, seed: 0 },
      config: { batch_size: 16, schedule: "constant", layer_norm: false, seed: 0, hidden_size: 4 },
    });
  });

  it("have ids that depend on what determines their results and on nothing else", () => {
    const ids = (changes: object) => trialsOf(parseStudy({ ...valid, ...changes }, "")).map(({ id }) => id);
    const original = ids({});
    expect(new Set(original).size).toBe(6);
    expect(ids({ name: "other", title: "Other" })).toEqual(original);
    expect(ids({ factors: { seed: [0, 1, 2], hidden_size: [8, 16] } }).toSorted()).toEqual(
      original.toSorted(),
    );
    expect(ids({ base: { learning_rate: 1e-3, depth: 3 } })).toEqual(original);
    for (const change of [
      { base: { learning_rate: 1.1e-3 } },
      { data_seed: 1 },
      { dataset: { name: "fashion-mnist" } },
      { evaluation: { examples: 100 } },
      { base: { learning_rate: 1e-3, updates: 999 } },
    ]) {
      expect(ids(change).some((id) => original.includes(id))).toBe(false);
    }
  });

  it("keep their ids from version to version", () => {
    expect(trialsOf(study)[0]!.id).toMatchInlineSnapshot(`"b4b2dfca421dfbbe"`);
    expect(studyHash(study)).toMatchInlineSnapshot(
      `"459400ac5205c8a5bbf54ae576f1c694a1d0ce233db1d798706da2d84bbc287c"`,
    );
  });
});

describe("the studies of the kit", () => {
  it.each(["kanji", "kanji-500", "kanji-quick", "fashion-mnist", "paper"])(
    "%s has 12 sizes, 12 rates and 3 seeds",
    (name) => {
      const study = findStudy(name);
      expect(study.factors.hidden_size).toHaveLength(12);
      expect(study.factors.learning_rate).toHaveLength(12);
      expect(trialsOf(study)).toHaveLength(432);
    },
  );

  it("the default study takes even steps of size and rate", () => {
    for (const name of ["hidden_size", "learning_rate"] as const) {
      const values = DEFAULT_STUDY.factors[name] as number[];
      const even = (values.at(-1)! / values[0]!) ** (1 / 11);
      values.slice(1).forEach((value, i) => {
        expect(value / values[i]! / even).toBeGreaterThan(0.94);
        expect(value / values[i]! / even).toBeLessThan(1.06);
      });
    }
  });

  it("have names of their own", () => {
    expect(new Set(PRESETS.map(({ name }) => name)).size).toBe(PRESETS.length);
  });
});
