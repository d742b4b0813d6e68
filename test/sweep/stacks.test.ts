import { describe, expect, it } from "vitest";
import { findStudy } from "../../lib/studies/presets";
import { trialsOf } from "../../lib/studies/trials";
import { stackLimit, stackSize, stacksOf } from "../../lib/sweep/stacks";
import { smallStudy } from "./problem";

const kanji = { features: 256, classes: 1000 };

describe("stacks", () => {
  it("hold every trial once, cheapest shapes first, within the limit of their shape", () => {
    const trials = trialsOf(findStudy("kanji"));
    const stacks = stacksOf(trials, kanji, { threads: 2 });
    const ids = stacks.flatMap((stack) => stack.trials.map(({ id }) => id));
    expect(ids.toSorted()).toEqual(trials.map(({ id }) => id).toSorted());
    for (const { spec, trials } of stacks) {
      expect(new Set(trials.map(({ config }) => config.hidden_size)).size).toBe(1);
      expect(spec.trials).toBeLessThanOrEqual(stackLimit(spec));
    }
    const sizes = stacks.map(({ spec }) => spec.architecture.hidden_size);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  });

  it("are as large as the cache allows, in whole multiples of the threads", () => {
    for (const threads of [1, 2, 3, 4]) {
      for (const { spec, trials } of stacksOf(trialsOf(findStudy("kanji")), kanji, { threads })) {
        const size = stackSize(spec, { threads });
        const limit = stackLimit(spec);
        expect(limit - size).toBeLessThan(threads);
        if (limit >= threads) expect(size % threads).toBe(0);
        expect(36 % size === trials.length || trials.length === size || limit === 1).toBe(true);
      }
    }
  });

  it("never train a trial alone where its shape allows company", () => {
    for (const { spec } of stacksOf(trialsOf(smallStudy()).slice(0, 1), kanji, { threads: 2 }))
      expect(spec.trials).toBe(2);
  });

  it("train a trial alone where two would not fit the cache", () => {
    const widest = trialsOf(findStudy("paper")).at(-1)!;
    expect(stacksOf([widest], kanji, { threads: 2 })[0]!.spec.trials).toBe(1);
  });

  it("are larger on a GPU, which a narrow model does not fill", () => {
    const trials = trialsOf(findStudy("kanji"));
    const sizes = (device: "gpu" | "software-gpu") =>
      stacksOf(trials, kanji, { threads: 1, device }).map(({ spec }) => spec.trials);
    expect(new Set(sizes("gpu").slice(0, 8))).toEqual(new Set([36]));
    expect(sizes("gpu").at(-1)).toBeGreaterThan(1);
    expect(sizes("software-gpu").at(-1)).toBe(1); // one that the processor emulates has the processor's cache
  });

  it("keep apart what one program cannot train", () => {
    const study = smallStudy({
      base: {},
      factors: {
        hidden_size: [4],
        learning_rate: [1],
        optimizer: ["adam", "sgd"],
        updates: [5, 6],
        seed: [0, 1],
      },
    });
    expect(stacksOf(trialsOf(study), kanji, { threads: 2 })).toHaveLength(4);
  });
});
