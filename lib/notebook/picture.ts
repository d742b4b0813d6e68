/**
 * A chart as a picture, for front ends that do not know Vega-Lite: GitHub's preview, nbconvert, Quarto.
 *
 * It is a PNG and nothing else where that is possible. GitHub's preview and nbconvert prefer SVG when they are given both, and GitHub has
 * more than once stopped showing SVG; it always shows PNG. The two together would also be too large for a notebook that is reviewed.
 */

import sharp from "sharp";
import type { ChartSpec } from "../charts/spec";
import { LIGHT_THEME_INK, renderSvg, type SvgOptions } from "../charts/svg";
import type { MimeBundle } from "./kernel";

/** Pixels of the picture for one of the chart, so that it stays sharp on dense screens. */
const SCALE = 1.5;

/** Pixels an inch at which an SVG is drawn at its own size. */
const OWN_SIZE_DENSITY = 72;

/**
 * Draws the chart on white, since nothing tells a picture which theme it is looked at in. The same chart gives the same bytes on one
 * machine; fonts differ between machines.
 */
export async function pictureOf(spec: ChartSpec, onWarning?: SvgOptions["onWarning"]): Promise<MimeBundle> {
  const svg = await renderSvg(
    { ...spec, background: "white" },
    { ink: LIGHT_THEME_INK, ...(onWarning && { onWarning }) },
  );
  if (!(await canDrawText())) return { data: { "image/svg+xml": svg } };
  const { data, info } = await draw(svg, OWN_SIZE_DENSITY * SCALE);
  const shown = {
    width: Math.round(info.width / SCALE),
    height: Math.round(info.height / SCALE),
    // What nbconvert gives to readers who cannot see the picture.
    alt: spec.description,
  };
  return { data: { "image/png": data.toString("base64") }, metadata: { "image/png": shown } };
}

function draw(svg: string, density: number) {
  return sharp(Buffer.from(svg), { density })
    .flatten({ background: "white" })
    .png({ palette: true, dither: 0, compressionLevel: 9 })
    .toBuffer({ resolveWithObject: true });
}

let textDrawn: Promise<boolean> | undefined;

/** Whether this machine has a font. Without one, as in many containers, text would be left out of the picture without a word. */
function canDrawText(): Promise<boolean> {
  textDrawn ??= Promise.all(
    ["i", "M"].map((text) => {
      const box = '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24">';
      return draw(`${box}<text y="20" font-family="sans-serif">${text}</text></svg>`, OWN_SIZE_DENSITY);
    }),
  ).then(([thin, wide]) => !thin!.data.equals(wide!.data));
  return textDrawn;
}
