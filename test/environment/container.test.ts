import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeNotices } from "../../lib/cli/doctor/node-version";

const ROOT = resolve(__dirname, "../..");
const FOLDER = join(ROOT, "environment/container");
const FILE = "Containerfile";

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The instructions of the container file, continued lines joined. */
function instructions(): Instruction[] {
  const text = readFileSync(join(FOLDER, FILE), "utf8").replace(/^\s*#.*\n/gm, "");
  return text
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line)!;
      return { name: name!, text: rest!.trim() };
    });
}

const texts = (name: string) =>
  instructions()
    .filter((instruction) => instruction.name === name)
    .map(({ text }) => text);

describe("the container file", () => {
  it("starts from an image of one exact version", () => {
    const images = texts("FROM").map((text) => text.split(/\s+/)[0]!);
    expect(images.length).toBeGreaterThan(0);
    for (const image of images)
      expect(image).toMatch(/^docker\.io\/[a-z]+\/[a-z]+:\d+\.\d+\.\d+-[a-z0-9.-]+$/);
  });

  it("has a version of Node that the project is tested on", () => {
    const version = /\/node:(\d+\.\d+\.\d+)-/.exec(texts("FROM").join("\n"))?.[1];
    expect(nodeNotices(`v${version}`)).toEqual([]);
  });

  it("runs as an ordinary user, who alone runs what comes from the registries of packages", () => {
    let user = "root";
    for (const { name, text } of instructions()) {
      if (name === "USER") user = text;
      if (name === "RUN" && /\b(npm (ci|run|install)|pip3? install|node lib)/.test(text))
        expect(user, text).not.toBe("root");
      if (name === "COPY" && user !== "root") expect(text).toContain(`--chown=${user}:${user}`);
    }
    expect(user).toMatch(/^[a-z]+$/);
    expect(user).not.toBe("root");
  });

  it("copies only what the repository has", () => {
    for (const text of texts("COPY").filter((copy) => !copy.includes("--from="))) {
      const sources = text
        .split(/\s+/)
        .filter((word) => !word.startsWith("--"))
        .slice(0, -1);
      for (const source of sources) {
        expect(existsSync(join(ROOT, source)), source).toBe(true);
        expect(source).not.toMatch(/(^|\/)(node_modules|dist|results|\.venv|\.git)$/);
      }
    }
  });

  it("installs locked versions alone, and calls scripts that there are", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const runs = texts("RUN").join("\n");
    expect(runs).toContain("npm ci ");
    expect(runs).not.toMatch(/npm (install|i|add) |pip3? install|curl|wget/);
    for (const [, script] of runs.matchAll(/npm run ([a-z:]+)/g)) expect(scripts).toHaveProperty(script!);
    const programs = [
      ...runs.matchAll(/\blib\/dist\/(\S+)\.js/g),
      ...texts("CMD")
        .join()
        .matchAll(/lib\/bin\/\S+\.js/g),
    ];
    expect(programs.length).toBe(2);
    for (const [path, built] of programs) {
      expect(existsSync(join(ROOT, built === undefined ? path : `lib/${built}.ts`)), path).toBe(true);
    }
  });

  it("has the files of the command offcurve before npm installs, which links none that is missing", () => {
    const { bin } = JSON.parse(readFileSync(join(ROOT, "lib/package.json"), "utf8"));
    const all = instructions();
    const before = all.slice(
      0,
      all.findIndex(({ name, text }) => name === "RUN" && text.startsWith("npm ci ")),
    );
    const copied = before.filter(({ name }) => name === "COPY").map(({ text }) => text.split(/\s+/).at(-1)!);
    for (const path of Object.values<string>(bin)) {
      expect(copied.some((target) => join("lib", path).startsWith(join(target, "/")))).toBe(true);
    }
  });

  it("says by itself what works in it, and has JupyterLab's port", () => {
    expect(JSON.parse(texts("CMD").at(-1)!)).toEqual(["node", "lib/bin/offcurve.js", "doctor"]);
    expect(texts("EXPOSE")).toEqual(["8888"]);
  });

  it("keeps what was built or run on this machine out of the image", () => {
    const ignored = readFileSync(join(FOLDER, `${FILE}.dockerignore`), "utf8").split("\n");
    for (const pattern of [
      "**/node_modules",
      "**/dist",
      "results",
      ".venv",
      ".git",
      "environment/tensorflow/built",
    ]) {
      expect(ignored).toContain(pattern);
    }
  });

  it("has its commands in the README beside it", () => {
    const readme = readFileSync(join(FOLDER, "README.md"), "utf8");
    expect(readme).toMatch(/podman build .*-f environment\/container\/Containerfile \./);
    for (const argument of texts("ARG")) {
      expect(readme).toContain(`--build-arg ${argument.replace(/=.*/, "")}=yes`);
    }
    for (const image of texts("FROM")) expect(readme).toContain(image.split(/\s+/)[0]);
  });
});
