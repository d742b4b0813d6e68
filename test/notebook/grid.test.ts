import { describe, expect, it } from "vitest";
import { gridOf } from "../../lib/notebook/grid";
import { parseStudy } from "../../lib/studies/study";

const study = (factors: object) => parseStudy({ name: "mine", dataset: { name: "fashion-mnist" }, factors });
const sizes = [4, 8, 16, 32, 64, 128];

describe("the grid of a notebook", () => {
  it("is the whole study where it sweeps size, rate and seed alone", () => {
    expect(gridOf(study({ hidden_size: sizes, learning_rate: [1e-3, 1e-2], seed: [0, 1, 2] }))).toEqual({
      study: "mine",
      where: {},
      roles: { tuning: [8, 16, 32], fitted: [4, 8, 16, 32], heldOut: [64, 128] },
      sentence: "mine: 6 sizes × 2 learning rates × 3 seeds",
    });
  });

  it("holds every other factor at its first value, and says how to see the others", () => {
    const three = study({
      hidden_size: sizes,
      learning_rate: [1e-3],
      schedule: ["constant", "cosine", "linear"],
    });
    expect(gridOf(three)).toMatchObject({
      where: { schedule: "constant" },
      sentence:
        'mine: 6 sizes × 1 learning rate × 1 seed, schedule constant (for "cosine" or "linear": where = {schedule: "cosine"})',
    });
    expect(gridOf(three, { schedule: "linear" })).toMatchObject({
      where: { schedule: "linear" },
      sentence: "mine: 6 sizes × 1 learning rate × 1 seed, schedule linear",
    });
  });

  it("gives the selected sizes their parts", () => {
    const { roles, where } = gridOf(study({ hidden_size: sizes, learning_rate: [1e-3] }), {
      hidden_size: [4, 8, 16],
    });
    expect({ roles, where }).toEqual({
      roles: { tuning: [4, 8], fitted: [4, 8], heldOut: [16] },
      where: { hidden_size: [4, 8, 16] },
    });
  });

  it("is none with fewer sizes than the notebook needs", () => {
    expect(() => gridOf(study({ hidden_size: [4, 8], learning_rate: [1e-3] }))).toThrow(
      "mine has 2 sizes here (4, 8), and this needs 3 or more; sweep more values of hidden_size",
    );
  });
});
