/** The laws of the small sizes at the fixed learning rate, carried on to the larger ones, and what came out there. */

import { type ExtrapolatedSize, extrapolateForms } from "../laws/extrapolation";
import { formatLoss, formatMiss } from "../laws/wording";
import { lossChannel, lossDomain, sizeChannel } from "./axes";
import { lawFinding, shownBy } from "./fixed-rate";
import { formPicture } from "./form-layers";
import type { GridData } from "./grid-data";
import { dotLayer, lossPoints } from "./law-layers";
import { lineNames } from "./line-names";
import { BLUE, layersOf, type Panel, RED } from "./spec";
import { intervalInNats, intervalName, missInNats } from "./tips";

/** Every form of law that the fitted sizes leave standing, with its interval at the largest size, and the losses. */
export function extrapolationPanel(data: GridData): Panel {
  const { analysis, sizeTitle } = data;
  const section = analysis.fixedRate;
  const fittedSizes = section?.fittedSizes ?? [];
  const larger = analysis.sizes.filter((size) => fittedSizes.length > 0 && size > Math.max(...fittedSizes));
  const forms = section === null ? null : extrapolateForms(section.points, fittedSizes, larger);
  const told = forms?.sizes ?? [];
  const picture =
    forms?.laws.status === "fitted" && told.length > 0 ? formPicture(forms.laws, told) : undefined;
  const dots = lossPoints(section?.points ?? [], ({ size }) => {
    const departure = told.find((other) => other.size === size);
    if (departure === undefined) return { Fitted: "yes" };
    const { interval, byForm } = departure;
    return {
      [intervalName(interval)]: intervalInNats(interval),
      ...Object.fromEntries(
        byForm.map(({ form, gap, expected }) => [`Off ${FORM_NAMES[form]}`, missInNats(gap, expected)]),
      ),
    };
  });
  const [fitted, held] = [
    dots.filter(({ size }) => fittedSizes.includes(size)),
    dots.filter(({ size }) => !fittedSizes.includes(size)),
  ];
  const domain = lossDomain([...dots.map(({ loss }) => loss), ...(picture?.losses ?? [])]);
  const axes = { x: sizeChannel(analysis.sizes, sizeTitle), y: lossChannel(domain) };
  const finding = extrapolationFinding(told.at(-1)) ?? lawFinding(data);
  const notes = picture === undefined ? [] : ["Blue: fitted sizes. Red: larger ones.", ...picture.notes];
  return {
    description: `Points of the training loss in nats against ${sizeTitle.toLowerCase()} on a logarithmic axis at one learning rate, the laws fitted to the smaller sizes, their extrapolation and its interval, and the larger models in red. ${finding}.`,
    finding,
    shown: shownBy(data, notes.join(" ")),
    layer: layersOf(
      picture?.layers(axes) ?? [],
      dotLayer(fitted, BLUE, axes),
      dotLayer(held, RED, axes),
      picture === undefined
        ? []
        : lineNames(
            [
              ...picture.ends,
              ...held.slice(-1).map(({ size, loss }) => ({
                name: `observed ${formatLoss(loss)}`,
                color: RED,
                x: size,
                loss,
              })),
            ],
            { ...axes, domain, side: "right", offset: picture.offset },
          ),
    ),
  };
}

const FORM_NAMES = {
  logarithmic: "the line",
  power: "the power law",
  power_with_floor: "the power law with a floor",
} as const;

/** What became of the largest size, in one sentence without its full stop; nothing where no law is carried on. */
function extrapolationFinding(last: ExtrapolatedSize | undefined): string | undefined {
  if (last === undefined) return undefined;
  const { size, loss, byForm, state, gap, expected } = last;
  const ends = [Math.min, Math.max].map((end) => formatLoss(end(...byForm.map((form) => form.expected))));
  const predicted = `${[...new Set(ends)].join(" to ")} predicted`;
  const observed = loss === null ? "" : `${formatLoss(loss)} nats observed, ${predicted}`;
  switch (state) {
    case "diverged":
      return `At size ${size} no trial completed; in nats, ${predicted}`;
    case "on_curve":
      return `The law holds at size ${size}: ${observed}`;
    case "below":
      return `Size ${size} is better than ${byForm.length > 1 ? "every form of law" : "the law"}: ${observed}`;
    case "too_wide":
      return `The interval at size ${size} is too wide to tell: ${observed}`;
    case "depends":
      return `Whether size ${size} keeps the law depends on its form: ${observed}`;
    case "above":
      return byForm.length > 1
        ? `At size ${size} every form of law misses: ${observed}`
        : `At size ${size} the law misses by ${formatMiss(gap!, expected)} nats: ${observed}`;
  }
}
