/** The examples that a study trains on, made once and shared by all its stacks, or, where they are many, made for each call. */

import type { ExampleForm, ExampleStream } from "../datasets/dataset";
import { emptyImages, exampleBytes, type Images } from "../datasets/encoding";
import type { Trial } from "../studies/trials";

export interface Examples {
  /** [count, features] */
  readonly images: Images;
  /** [count] */
  readonly labels: Int32Array;
}

/** Above this, in bytes, the examples of a whole study are not kept but made again for each stack. */
export const MOST_KEPT = 4 * 2 ** 30;

/** Enough that the cost of a call vanishes, few enough that an interrupt is soon noticed. */
const CHUNK = 1024;

/** The number of training examples that the longest of the trials sees. */
export function trainingExamples(trials: readonly Pick<Trial, "config">[]): number {
  return trials.reduce((most, { config }) => Math.max(most, config.updates * config.batch_size), 0);
}

export class SharedExamples {
  private readonly images: Images | undefined;
  private readonly labels: Int32Array | undefined;
  private made = 0;
  /** Where examples are not kept, those of the last call: new memory costs more than to fill it. */
  private last: Examples | undefined;

  /** @param count examples that the longest trial will see */
  constructor(
    private readonly stream: ExampleStream,
    private readonly form: ExampleForm,
    count: number,
  ) {
    if (count * exampleBytes(form.features, form.encoding) > MOST_KEPT) return;
    this.images = emptyImages(count * form.features, form.encoding);
    this.labels = new Int32Array(count);
  }

  /** Examples start … start + count - 1, valid until the next call: views of what is kept, or filled anew. */
  slice(start: number, count: number): Examples {
    const { images, labels } = this;
    const { features, encoding } = this.form;
    if (!images || !labels) {
      if (this.last?.labels.length !== count) {
        this.last = { images: emptyImages(count * features, encoding), labels: new Int32Array(count) };
      }
      this.stream.fill(start, this.last.images, this.last.labels);
      return this.last;
    }
    while (this.made < start + count) {
      const end = Math.min(this.made + CHUNK, labels.length);
      this.stream.fill(
        this.made,
        images.subarray(this.made * features, end * features),
        labels.subarray(this.made, end),
      );
      this.made = end;
    }
    return {
      images: images.subarray(start * features, (start + count) * features),
      labels: labels.subarray(start, start + count),
    };
  }
}
