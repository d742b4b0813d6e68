/** A loss held against several forms of law, in words. */

import type { Departure, FormPrediction } from "./departures";
import { FORM_NAMES } from "./fit";
import { formatInterval, formatList, formatLoss, formatMiss } from "./wording";

/** The forms' predictions: `the power law 3.13 (2.87 to 3.38)`. */
export function predictionsText({ byForm }: Pick<Departure, "byForm">): string {
  return formatList(
    byForm.map(
      ({ form, expected, interval }) =>
        `${FORM_NAMES[form]} ${formatLoss(expected, interval.high - interval.low)} (${formatInterval(interval)})`,
    ),
  );
}

/** The gaps by form, of equal ones one: `+0.39 by the line, -0.11 by the power law`. */
export function gapsText(byForm: readonly FormPrediction[]): string {
  const forms = new Map<string, string[]>();
  for (const { form, gap, expected } of byForm) {
    if (gap === null) continue;
    const text = formatMiss(gap, expected);
    forms.set(text, [...(forms.get(text) ?? []), FORM_NAMES[form]]);
  }
  return [...forms].map(([gap, words]) => `${gap} by ${formatList(words)}`).join(", ");
}

/** The smallest gap by any form, with its sign; null where there is no loss. */
export function smallestGap({ byForm }: Pick<Departure, "byForm">): number | null {
  const gaps = byForm.flatMap(({ gap }) => (gap === null ? [] : [gap]));
  return gaps.length === 0
    ? null
    : gaps.reduce((least, gap) => (Math.abs(gap) < Math.abs(least) ? gap : least));
}

/** That an interval is too wide to tell whether a size keeps the law, without a full stop; null where it is not. */
export function tooWideText({ size, state, interval }: Departure): string | null {
  return state === "too_wide"
    ? `the ${interval.level * 100} % interval at size ${size} is so wide that it holds a model no better than the fitted ones`
    : null;
}

/** What one size says of the laws, without its full stop. */
export function departureSentence(departure: Departure): string {
  const { size, loss, byForm, state, interval } = departure;
  const level = `${interval.level * 100} %`;
  if (loss === null) {
    return `size ${size} has no loss; expected, in nats with ${level} intervals, by ${predictionsText(departure)}`;
  }
  const observed = `size ${size} has ${formatLoss(loss)} nats; expected, with ${level} intervals, by ${predictionsText(departure)}`;
  if (state !== "depends") {
    const where = {
      on_curve: "inside each of these intervals",
      too_wide: "inside each of these intervals, which are too wide to tell anything",
      above: "worse than each of them allows",
      below: "better than each of them allows",
    }[state as "on_curve" | "too_wide" | "above" | "below"];
    return `${observed}: ${where}`;
  }
  const words = (wanted: boolean) =>
    formatList(byForm.filter(({ inside }) => inside === wanted).map(({ form }) => FORM_NAMES[form]));
  const [within, without] = [true, false].map(words) as [string, string];
  return within === ""
    ? `${observed}: between the intervals of the forms, inside none`
    : `${observed}: inside by ${within}, outside by ${without}`;
}
