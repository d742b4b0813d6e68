import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writtenEntries } from "../../lib/bundle/written";
import { temporary } from "./temporary";

/** A bundle's launcher beside a program that stands for Node and prints what it was called with. */
let folder: string;
beforeAll(() => {
  folder = join(temporary(), "a bundle");
  const entries = writtenEntries(
    { version: "0.0.0", target: "linux-x64", engines: ["onnx-cpu"], datasets: [] },
    [],
  );
  const launcher = entries.find(({ path }) => path === "offcurve")!;
  mkdirSync(join(folder, "node", "bin"), { recursive: true });
  writeFileSync(join(folder, "offcurve"), (launcher as { contents: Uint8Array }).contents, { mode: 0o755 });
  writeFileSync(join(folder, "node", "bin", "node"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
});

const calledAs = (command: string, cwd = "/", env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout } = spawnSync(command, ["plan", "--study", "a b.json"], {
    cwd,
    env,
    encoding: "utf8",
  });
  return { status, lines: stdout.trimEnd().split("\n") };
};

describe("the launcher of a bundle starts its Node", () => {
  const expected = (here: string) => ({
    status: 0,
    lines: [`${here}/lib/bin/offcurve.js`, "plan", "--study", "a b.json"],
  });

  it("by its path, without any program in PATH", () => {
    expect(calledAs(join(folder, "offcurve"), "/", { PATH: "" })).toEqual(expected(folder));
    expect(calledAs("./offcurve", folder, { PATH: "" })).toEqual(expected("."));
  });

  it("through links to it and to its folder, absolute and relative, one after another", () => {
    const place = temporary();
    mkdirSync(join(place, "bin"));
    symlinkSync(join(folder, "offcurve"), join(place, "bin", "absolute"));
    symlinkSync("../bin/absolute", join(place, "bin", "relative"));
    symlinkSync(folder, join(place, "folder"));
    expect(calledAs(join(place, "bin", "absolute"))).toEqual(expected(folder));
    expect(calledAs(join(place, "bin", "relative"))).toEqual(expected(folder));
    expect(calledAs("./relative", join(place, "bin"))).toEqual(expected(folder));
    expect(calledAs(join(place, "folder", "offcurve"))).toEqual(expected(join(place, "folder")));
  });

  it("as a link that is found in PATH", () => {
    const place = temporary();
    symlinkSync(join(folder, "offcurve"), join(place, "offcurve"));
    expect(calledAs("offcurve", dirname(place), { PATH: `${place}:/usr/bin:/bin` })).toEqual(
      expected(folder),
    );
  });
});
