/**
 * What every form of law that the smaller sizes leave standing says of the larger ones: a curve for each form, the band
 * that covers them all, and at the largest size the interval of each.
 */

import type { CandidateLaw, CandidateLaws } from "../laws/candidates";
import { type Departure, departureFrom } from "../laws/departures";
import { FORM_WORDS } from "../laws/fit";
import { type LawForm, lossAt } from "../laws/forms";
import { capitalised, formatLoss } from "../laws/wording";
import { type Axes, bandLayer, curveLayer, FORM_LOOKS, lawCurve, SHORT_WORDS } from "./law-layers";
import type { LineEnd } from "./line-names";
import { rounded, type SpecPart } from "./spec";
import { inNats, intervalInNats, intervalName, TELLS, tipOf } from "./tips";

/** Pixels from one form's interval to the next, right of the largest size. */
const BAR_STEP = 6;

/** The laws of some sizes and what they say of larger ones, ready to be drawn. */
export interface FormPicture {
  /** All losses that it shows, for the axis. */
  readonly losses: readonly number[];
  readonly layers: (axes: Axes, scale?: number) => SpecPart[];
  /** The ends of the curves with their names and losses. */
  readonly ends: readonly LineEnd[];
  /** The upper end of the band at the first of the larger sizes. */
  readonly bandTop: { readonly size: number; readonly loss: number };
  /** Pixels right of the largest size that the intervals take. */
  readonly offset: number;
  /** What the band is, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Prepares the picture.
 *
 * @param laws fitted to the smaller sizes.
 * @param larger what they say of the larger sizes, ascending, at least one.
 */
export function formPicture(laws: CandidateLaws, larger: readonly Departure[]): FormPicture {
  const [first, last] = [laws.points[0]!, laws.points.at(-1)!];
  const largest = larger.at(-1)!;
  const band = [departureFrom(laws, last.size, last.losses), ...larger].map(
    ({ size, interval, expected }) => ({ size, interval, loss: expected }),
  );
  const refuted = laws.fitted.filter((law) => !laws.admissible.includes(law));
  const drawn = [...refuted, ...laws.admissible];
  const ends = drawn.map((law) => formEnd(law, largest.size, refuted.includes(law)));
  const bars = largest.byForm.map(({ form, expected, interval }) => ({
    form,
    size: largest.size,
    loss: rounded(interval.low),
    high: rounded(interval.high),
    tip: tipOf(`${capitalised(FORM_WORDS[form])}: ${inNats(expected)} at size ${largest.size}`, {
      [intervalName(interval)]: intervalInNats(interval),
      Observed: inNats(largest.loss),
    }),
  }));
  const several = laws.admissible.length > 1;
  return {
    losses: [
      ...band.flatMap(({ interval }) => [interval.low, interval.high]),
      ...drawn.flatMap(({ fit }) => lawCurve(fit.law, first.size, largest.size).map(({ loss }) => loss)),
    ],
    ends: withoutTwins(ends),
    bandTop: { size: band[1]!.size, loss: band[1]!.interval.high },
    offset: BAR_STEP * (bars.length + 0.5),
    notes: [
      `Band: ${intervalName(largest.interval)}${several ? " over the forms of law; bars: that of each" : ""}.`,
    ],
    layers: (axes, scale = 1) => [
      bandLayer(band, axes),
      ...drawn.map((law) =>
        curveLayer(law.fit, first.size, largest.size, axes, {
          strokeWidth: 1.8 * scale,
          ...(refuted.includes(law) && { opacity: 0.45 }),
        }),
      ),
      ...bars.map(({ form, ...row }, i) => ({
        data: { values: [row] },
        mark: {
          type: "rule",
          color: FORM_LOOKS[form].color,
          strokeWidth: 2.4 * scale,
          xOffset: BAR_STEP * (i + 1),
          x2Offset: BAR_STEP * (i + 1),
        },
        encoding: { x: axes.x, y: axes.y, y2: { field: "high" }, ...TELLS },
      })),
    ],
  };
}

function formEnd({ form, fit }: CandidateLaw, size: number, refuted: boolean): FormEnd {
  const loss = lossAt(fit.law, size);
  const { color } = FORM_LOOKS[form];
  return {
    form,
    name: SHORT_WORDS[form],
    said: `${formatLoss(loss)}${refuted ? ", refuted" : ""}`,
    color,
    x: size,
    loss,
  };
}

interface FormEnd extends LineEnd {
  readonly form: LawForm;
  /** The loss in words. */
  readonly said: string;
}

/** The two power laws under one name where they end alike, as they do where the floor is at zero. */
function withoutTwins(ends: readonly FormEnd[]): LineEnd[] {
  const [power, floored] = (["power", "power_with_floor"] as const).map((form) =>
    ends.find((end) => end.form === form),
  );
  const alike = power !== undefined && power.said === floored?.said;
  return ends
    .filter((end) => !alike || end !== floored)
    .map(({ form: _, said, ...end }) => ({
      ...end,
      name: `${alike && end.name === power.name ? "power laws" : end.name} ${said}`,
    }));
}
