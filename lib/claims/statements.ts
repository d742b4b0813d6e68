/**
 * What the post states, as a list of statements that can be checked: their words, where they stand, and what is
 * measured. The thresholds are `thresholds.ts`, the measuring `measures.ts`.
 */

/** The statements by their ids, in the order in which the post makes them. */
export const CLAIM_IDS = [
  "law-is-straight",
  "extrapolation-misses",
  "no-form-predicts",
  "no-better-than-smaller",
  "best-rate-falls",
  "best-rate-power-law",
  "best-rate-exponent",
  "best-rate-recovers",
  "recovered-share",
  "best-case-predicts",
  "rate-law-predicts",
  "tuned-rate-off",
] as const;

/** What a statement is called in commands and files. */
export type ClaimId = (typeof CLAIM_IDS)[number];

/** How the values of a statistic are written. */
export type ValueFormat = "r_squared" | "percent" | "factor" | "decimal";

/** A checkable statement of the post. */
export interface Claim {
  readonly id: ClaimId;
  /** The statement in short. */
  readonly words: string;
  /** Where it stands in the post. */
  readonly where: string;
  /** What is measured, in few words. */
  readonly quantity: string;
  /** The same, so that it can be measured again. */
  readonly statistic: string;
  /** Unit of its values. */
  readonly unit: string;
  readonly format: ValueFormat;
}

/**
 * Luke Metz, "On the Difficulty of Extrapolation with NN Scaling", 24 January 2022. The numbers -0.43 and 80 % do not
 * stand in its text; they are those of its heat map.
 */
export const CLAIMS: readonly Claim[] = [
  {
    id: "law-is-straight",
    words: "At one learning rate the losses of the small models lie on a straight line in ln h",
    where: "the first figure and the paragraph below it",
    quantity: "R² of the line",
    statistic:
      "R² of the line through the fitted sizes at the tuned rate, negative where the loss rises with size",
    unit: "share of the variance",
    format: "r_squared",
  },
  {
    id: "extrapolation-misses",
    words: "That line, extrapolated to the largest model, misses it by more than noise allows",
    where: "the second figure and the paragraph above it",
    quantity: "miss, of the improvement promised",
    statistic:
      "observed less predicted loss at the largest size, as a share of the improvement that the line promises from the largest fitted size to there",
    unit: "share of the promised improvement",
    format: "percent",
  },
  {
    id: "no-form-predicts",
    words: "No other smooth law of the small models would have predicted the largest one at that rate",
    where: "not said: the post draws one form of law, the straight line of the second figure",
    quantity: "smallest miss of any form, of the improvement promised",
    statistic:
      "observed less predicted loss at the largest size, as a share of the improvement that the law promises from the largest fitted size to there; the smallest of those forms (line in ln h, power law, power law with a floor) that the fitted sizes do not refute",
    unit: "share of the promised improvement",
    format: "percent",
  },
  {
    id: "no-better-than-smaller",
    words: "At that rate the largest model is no better than a much smaller one",
    where: "the introduction, and the red point of the second figure",
    quantity: "largest size over the smallest as good",
    statistic:
      "the largest size divided by the smallest that is as good at the tuned rate, interpolated between sizes",
    unit: "times",
    format: "factor",
  },
  {
    id: "best-rate-falls",
    words: "The best learning rate shrinks as the model grows",
    where: "panel (d) and the paragraph below the four panels",
    quantity: "rank correlation, negated",
    statistic:
      "pairs of sizes whose larger one has the lower best rate, less those whose larger one has the higher, as a share of all pairs (Kendall's rank correlation, negated)",
    unit: "share of the pairs",
    format: "decimal",
  },
  {
    id: "best-rate-power-law",
    words: "It shrinks as a power law",
    where: "panel (d): linear on logarithmic axes",
    quantity: "R² between the logarithms",
    statistic:
      "R² of the line between the logarithms of size and best rate, negative where the rate rises with size",
    unit: "share of the variance",
    format: "r_squared",
  },
  {
    id: "best-rate-exponent",
    words: "The exponent of that power law is the post's, -0.43",
    where: "panel (d); the number is that of its digitised grid",
    quantity: "exponent",
    statistic: "slope of the line between the logarithms of size and best rate",
    unit: "exponent",
    format: "decimal",
  },
  {
    id: "best-rate-recovers",
    words: "With the best rate the largest model recovers most of the miss",
    where: "the paragraph below the four panels: close to the performance first predicted",
    quantity: "share of the miss",
    statistic:
      "loss at the tuned rate less loss at the best rate of the largest size, divided by the miss; for each form of law that the fitted sizes do not refute",
    unit: "share of the miss",
    format: "percent",
  },
  {
    id: "recovered-share",
    words: "The share recovered is the post's, 80 %",
    where: "the same; the number is that of its digitised grid",
    quantity: "share of the miss",
    statistic:
      "loss at the tuned rate less loss at the best rate of the largest size, divided by the miss; for each form of law that the fitted sizes do not refute",
    unit: "share of the miss",
    format: "percent",
  },
  {
    id: "best-case-predicts",
    words: "A law of the best case, fitted to the smaller sizes, predicts the larger ones",
    where: "the conclusion: models that extrapolate within the sizes tested",
    quantity: "error, of the improvement promised",
    statistic:
      "root mean square of observed less predicted best-case loss over the held-out sizes, as a share of the improvement that the law promises from the largest fitted size to the largest; for each form of law that the fitted sizes do not refute",
    unit: "share of the promised improvement",
    format: "percent",
  },
  {
    id: "rate-law-predicts",
    words:
      "The power law of the best rate, fitted to the smaller sizes, predicts the best rates of the larger ones",
    where: "the paragraph below the four panels, and the conclusion",
    quantity: "rate off by",
    statistic:
      "factor between the law's rate and the best rate, root mean square of its logarithm over the held-out sizes",
    unit: "times",
    format: "factor",
  },
  {
    id: "tuned-rate-off",
    words: "The rate tuned on small models is at least twice the best rate of the largest",
    where: "panel (d), held against the rate of the first experiment",
    quantity: "rate off by",
    statistic: "the tuned rate divided by the best rate of the largest size",
    unit: "times",
    format: "factor",
  },
];
