/**
 * What to tell someone who has trained one large model after several small ones: whether it lies on the curve of the
 * small ones, and what to try if not.
 */

import { type CandidateLaws, candidateLaws } from "./candidates";
import type { BootstrapOptions } from "./confidence";
import { gapsText, predictionsText, smallestGap } from "./departure-words";
import { type Departure, departureFrom } from "./departures";
import { equivalentSize } from "./equivalent-size";
import { FORM_NAMES, type LawFit, type SizeLosses } from "./fit";
import { formatLaw, formatLoss, formatMiss, formatTimes } from "./wording";

/** What the smaller sizes say of the largest one. */
export type LargeRunVerdict =
  | {
      readonly status: "on_curve" | "too_wide" | "depends" | "above" | "below";
      /** The laws of the smaller sizes. */
      readonly laws: CandidateLaws;
      /** The one of them that predicted held-out sizes best. */
      readonly fit: LawFit;
      readonly departure: Departure;
      /** The verdict in a few words. */
      readonly headline: string;
      /** One thing to say each, the verdict first. */
      readonly sentences: readonly string[];
    }
  | { readonly status: "unavailable"; readonly headline: string; readonly sentences: readonly string[] };

/** Judges the largest size by the laws of the others, in every form that they do not refute. */
export function judgeLargeRun(
  points: readonly SizeLosses[],
  options: BootstrapOptions = {},
): LargeRunVerdict {
  const sorted = [...points].sort((one, other) => one.size - other.size);
  const smaller = sorted.slice(0, -1);
  const large = sorted.at(-1);
  if (large === undefined) return unavailable("There is no loss at any size, so there is nothing to judge.");
  const laws = candidateLaws(smaller);
  if (laws.status === "unavailable") {
    return unavailable(
      `There is no law to judge size ${large.size} by: ${laws.sentence}. Train smaller models first: they are cheap, and say what to expect.`,
    );
  }
  const departure = departureFrom(laws, large.size, large.losses, options);
  const status = departure.state as "on_curve" | "too_wide" | "depends" | "above" | "below";
  const last = smaller.at(-1)!.size;
  const headline = `Size ${large.size} ${verdictOf(status, departure)}`;
  return {
    status,
    laws,
    fit: laws.chosen.fit,
    departure,
    headline,
    sentences: [
      `${headline}.`,
      `${smaller.length} sizes from ${smaller[0]!.size} to ${last} were fitted; ${laws.sentence}.`,
      `Carried on to size ${large.size}, ${formatTimes(large.size / last)} the largest of them, the laws expect, in nats and with ${departure.interval.level * 100} % intervals: ${predictionsText(departure)}. The run gave ${formatLoss(departure.loss!)}: ${gapsText(departure.byForm)}.`,
      ...(laws.admissible.length > 1 && laws.choice.status === "chosen"
        ? [
            `The curve drawn is ${FORM_NAMES[laws.chosen.form]}, ${formatLaw(laws.chosen.fit.law)}, which predicted held-out sizes best ${formatTimes(laws.choice.horizons[0]!.factor)} as large; that decides little ${formatTimes(large.size / last)} ahead.`,
          ]
        : []),
      ...advice(status, equivalentSize(sorted, large.size), sorted),
    ],
  };
}

function unavailable(sentence: string): LargeRunVerdict {
  return {
    status: "unavailable",
    headline: sentence.split(":")[0]!.replace(/\.$/, ""),
    sentences: [sentence],
  };
}

function verdictOf(
  status: "on_curve" | "too_wide" | "depends" | "above" | "below",
  departure: Departure,
): string {
  const gap = formatMiss(smallestGap(departure)!, departure.expected);
  const forms = departure.byForm.length === 1 ? "" : ", whatever the form of the law";
  switch (status) {
    case "on_curve":
      return `keeps the law of the smaller sizes${forms}`;
    case "too_wide":
      return "cannot be told from one that breaks the law: the interval is too wide";
    case "above":
      return `is off the curve, by ${gap} nats${forms === "" ? "" : ` or more${forms}`}`;
    case "below":
      return `is better than the law of the smaller sizes, by ${gap} nats${forms === "" ? "" : ` or more${forms}`}`;
    case "depends":
      return "may be on the curve or off it: that depends on the form of the law";
  }
}

function advice(
  status: "on_curve" | "too_wide" | "depends" | "above" | "below",
  noBetterThan: number | null,
  points: readonly SizeLosses[],
): string[] {
  const [last, large] = points.slice(-2).map(({ size }) => size) as [number, number];
  const asGood =
    noBetterThan === null
      ? []
      : [
          `A model of size ${Math.round(noBetterThan)} would be as good: making it ${formatTimes(large / noBetterThan)} wider has gained nothing.`,
        ];
  switch (status) {
    case "on_curve":
      return [
        "Nothing here says that the run is not tuned. A wide interval would say the same of a poor run, so look at its width.",
      ];
    case "below":
      return [
        "Either the smaller sizes were not tuned as well as the large one, or the law has another form.",
      ];
    case "too_wide":
    case "depends":
      return [
        ...asGood,
        `These sizes cannot tell. Train a size between ${last} and ${large}, or size ${large} at two or three other rates: a better loss at another rate would show that the rate was not tuned, whatever the law.`,
      ];
    case "above":
      return [
        ...asGood,
        "A single loss cannot say why. In the post, and wherever a rate is tuned small and used large, the first suspect is the learning rate, which usually has to shrink as the model grows.",
        `Before training larger models, train size ${large} again at two or three other rates; if none comes back to the curve, look at whatever else was tuned only at size ${last} and below.`,
      ];
  }
}
