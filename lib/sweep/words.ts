/** Numbers in the words of a terminal and a report. */

const PREFIXES = ["", "k", "M", "G", "T", "P", "E"];

/** A quantity with a decimal prefix and three significant digits: `quantity(1.24e14, "FLOP")` is "124 TFLOP". */
export function quantity(value: number, unit: string): string {
  const power = value > 0 ? Math.min(PREFIXES.length - 1, Math.max(0, Math.floor(Math.log10(value) / 3))) : 0;
  return `${Number((value / 1000 ** power).toPrecision(3))} ${PREFIXES[power]}${unit}`;
}

/** A count and its noun: "1 trial", "12 trials", "2 repetitions of a size". */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** A duration to the second below an hour, to the minute from there on: "42 s", "3 min 05 s", "2 h 07 min". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
