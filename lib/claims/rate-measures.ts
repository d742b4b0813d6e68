/** The statistics of the best and the tuned learning rates. */

import type { GridAnalysis } from "../laws/analysis";
import { fitRateLaw, rateAt } from "../laws/rate-law";
import { sizeRoles } from "../laws/roles";
import { formatRate } from "../laws/wording";
import type { BestValue } from "../tables/best";
import { exact, hindered, type Measured, rootMeanSquare } from "./measured";

export function bestRateFalls({ bestRates }: GridAnalysis): Measured {
  const known = bestRates.filter(({ best }) => best !== null);
  let [pairs, falls, unknown] = [0, 0, 0];
  for (const [i, larger] of known.entries()) {
    for (const smaller of known.slice(0, i)) {
      // Two rates on one edge are two bounds: which is lower cannot be seen.
      if (larger.edge !== "none" && larger.edge === smaller.edge) unknown += 1;
      else {
        pairs += 1;
        falls += Math.sign((smaller.best as number) - (larger.best as number));
      }
    }
  }
  if (known.length < 3) return hindered("diverged", "fewer than three sizes have a rate without divergence");
  if (unknown > pairs) {
    return hindered(
      "too_few_trials",
      "most best rates stand on one edge of the grid, so their order is unknown; sweep further rates",
    );
  }
  const at = ({ best, level }: BestValue) => `${formatRate(best as number)} at size ${level}`;
  return exact(falls / pairs, `the best rate is ${at(known[0]!)} and ${at(known.at(-1)!)}`);
}

export function bestRatePowerLaw({ rateLaw }: GridAnalysis): Measured {
  if (rateLaw.status !== "fitted") return hindered("too_few_trials", rateLaw.sentence);
  const { coefficient, exponent, rSquared, points } = rateLaw;
  // One rate for all sizes leaves a line nothing to explain.
  if (rSquared === null) {
    return exact(0, `the best rate is ${formatRate(coefficient)} at all ${points.length} sizes`);
  }
  return exact(
    exponent < 0 ? rSquared : -rSquared,
    `rate = ${formatRate(coefficient)} h^${exponent.toFixed(2)} on ${points.length} sizes`,
  );
}

export function bestRateExponent({ rateLaw }: GridAnalysis): Measured {
  if (rateLaw.status !== "fitted") return hindered("too_few_trials", rateLaw.sentence);
  const { low, high, level } = rateLaw.exponentInterval;
  return exact(
    rateLaw.exponent,
    `the scatter about the law alone gives ${low.toFixed(2)} to ${high.toFixed(2)} (${level * 100} %)`,
  );
}

export function rateLawPredicts({ bestRates, sizes }: GridAnalysis): Measured {
  const largestFitted = sizeRoles(sizes).fitted.at(-1)!;
  const law = fitRateLaw(bestRates.filter(({ level }) => (level as number) <= largestFitted));
  if (law.status !== "fitted") return hindered("too_few_trials", law.sentence);
  const heldOut = bestRates.filter(
    ({ level, best, edge }) => (level as number) > largestFitted && best !== null && edge === "none",
  );
  if (heldOut.length === 0) {
    return hindered(
      "too_few_trials",
      "no larger size has its best rate inside the grid; sweep further rates",
    );
  }
  const ratios = heldOut.map(({ level, best }) => Math.log(rateAt(law, level as number) / (best as number)));
  const last = heldOut.at(-1)!;
  return exact(
    Math.exp(rootMeanSquare(ratios)),
    `at size ${last.level} the law of the smaller sizes gives ${formatRate(rateAt(law, last.level as number))}, the best rate of the grid is ${formatRate(last.best as number)}`,
  );
}

export function tunedRateOff({ tuning, bestRates, rates }: GridAnalysis): Measured {
  if (tuning.status === "unavailable") return hindered("diverged", tuning.sentence);
  const last = bestRates.at(-1)!;
  if (last.best === null)
    return hindered("diverged", `at every rate some trial of size ${last.level} diverged`);
  const best = last.best as number;
  const detail = `${tuning.sentence}; ${formatRate(best)} is best at size ${last.level}`;
  // On an edge the true optimum lies beyond, which moves the ratio away from 1 or towards it.
  const more = tuning.rate === rates.at(-1) || last.edge === "low";
  const less = tuning.rate === rates[0] || last.edge === "high";
  if (more && less) {
    return hindered(
      "too_few_trials",
      "the tuned and the best rate stand on edges of the grid, so their ratio is unknown; sweep further rates",
    );
  }
  return { value: tuning.rate / best, bound: more ? "at_least" : less ? "at_most" : "exact", detail };
}
