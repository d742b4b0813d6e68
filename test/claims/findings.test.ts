// Findings in whole sentences: which statements hold, and whether two sources show the same picture.

import { describe, expect, test } from "vitest";
import { claimFindings, pictureFindings } from "../../lib/claims/claim-tables";
import { judgeClaims } from "../../lib/claims/judge";
import { gridSource, trialSource } from "../../lib/claims/source";
import { CLAIMS } from "../../lib/claims/statements";
import { referenceRecords } from "../../lib/notebook/reference";
import { DEFAULT_STUDY } from "../../lib/studies/presets";
import { studyWhere } from "../../lib/studies/where";
import { readLossTable } from "../../lib/tables/loss-table";

const few = { replicates: 100 };
const post = judgeClaims(gridSource("the post", readLossTable("data/reference/metz-2022/grid.csv")), few);
const records = referenceRecords(DEFAULT_STUDY);
const run = judgeClaims(trialSource("this run", DEFAULT_STUDY, records), few);
const oneRate = studyWhere(DEFAULT_STUDY, { learning_rate: 1e-3 });
const narrow = judgeClaims(trialSource("this run", oneRate, records), few);

describe("whether two sources show the same picture", () => {
  test("they do where in both the line misses and the best rate falls", () => {
    const [answer, ...reasons] = pictureFindings([run, post]);
    expect(answer).toBe(
      "Yes: in this run as in the post, the line through the small models misses the largest one, and the best learning rate shrinks as the model grows.",
    );
    expect(reasons).toHaveLength(4);
    expect(reasons[1]).toMatch(
      /The post: reproduced; 102 % .* 4\.52 nats predicted at size 8192, 5\.30 observed/,
    );
  });

  test("cannot be told of a run at one rate", () => {
    expect(pictureFindings([narrow, post])[0]).toBe(
      "That cannot be told: this run and the post agree in 0 of the 2 things that make the picture, and 2 cannot be told.",
    );
  });
});

describe("which statements hold", () => {
  test("is counted first, then each that holds or does not is named", () => {
    const [count, ...named] = claimFindings(post);
    const of = (verdict: string) => post.results.filter((result) => result.verdict === verdict).length;
    expect(count).toBe(
      `${of("reproduced")} of ${CLAIMS.length} statements hold in the post, ${of("not_reproduced")} do not, and ${of("cannot_tell")} cannot be told.`,
    );
    expect(named).toHaveLength(of("reproduced") + of("not_reproduced"));
    expect(named).toContain("Holds: The best learning rate shrinks as the model grows.");
  });
});
