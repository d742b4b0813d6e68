import { describe, expect, it } from "vitest";
import { parseStudy, StudyError } from "../../lib/studies/study";
import { trialsOf } from "../../lib/studies/trials";
import { studyWhere, trialsWhere, type Where } from "../../lib/studies/where";

const study = parseStudy({
  name: "schedules",
  dataset: { name: "kanji-1000" },
  base: { updates: 500, warmup_updates: 50 },
  factors: {
    hidden_size: [16, 64, 256],
    learning_rate: [1e-3, 4e-3],
    schedule: ["constant", "cosine", "linear"],
    seed: [0, 1],
  },
});

describe("a part of a study", () => {
  it.each<[Where, number]>([
    [{}, 36],
    [{ schedule: "cosine" }, 12],
    [{ schedule: ["linear", "cosine"], hidden_size: 16 }, 8],
    [{ hidden_size: [256, 16], learning_rate: 4e-3, seed: 1 }, 6],
    [{ updates: 500, activation: "relu" }, 36],
  ])("%j is %d trials: those of the whole study that have these values, in its order", (where, count) => {
    const expected = trialsOf(study).filter(({ config }) =>
      Object.entries(where).every(([name, value]) =>
        [value].flat().includes(config[name as keyof typeof config]),
      ),
    );
    expect(expected).toHaveLength(count);
    expect(trialsWhere(study, where)).toEqual(expected);
    expect(trialsOf(studyWhere(study, where))).toEqual(expected);
  });

  it.each<[string, object, string]>([
    [
      "a field that no study has",
      { shedule: "cosine" },
      "where: schedules has no factor shedule; its factors are hidden_size, learning_rate, schedule, seed",
    ],
    [
      "a value that is not of the study",
      { schedule: "cosin" },
      'where: schedules has no trial with schedule "cosin"; its values are "constant", "cosine", "linear"',
    ],
    [
      "one such value in a list",
      { hidden_size: [16, 17] },
      "where: schedules has no trial with hidden_size 17; its values are 16, 64, 256",
    ],
    [
      "a value that the study fixes otherwise",
      { updates: 1000 },
      "where: schedules has no trial with updates 1000; its values are 500",
    ],
    [
      "an empty list",
      { seed: [] },
      "where: schedules has no trial with seed an empty list; its values are 0, 1",
    ],
    [
      "a name that objects inherit",
      { constructor: 1 },
      "where: schedules has no factor constructor; its factors are hidden_size, learning_rate, schedule, seed",
    ],
  ])("says in one sentence what is wrong with %s", (_, where, message) => {
    expect(() => trialsWhere(study, where)).toThrow(new StudyError(message));
  });
});

it("a declaration without a source is called by its name in messages", () => {
  expect(() => parseStudy({ name: "mine", dataset: { name: "x" }, factors: { depht: [1] } })).toThrow(
    /^study mine: /,
  );
  expect(() => parseStudy(null)).toThrow(/^study: /);
});
