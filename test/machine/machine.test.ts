import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, homedir, tmpdir, totalmem } from "node:os";
import { join, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeMachine } from "../../lib/machine/machine";

const linux = process.platform === "linux";
const PATH = process.env.PATH!;

/** A folder in front of all others in which programs are looked for. */
let programs: string;
beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), "offcurve-programs-"));
  process.env.PATH = `${programs}:${PATH}`;
});
afterEach(() => {
  process.env.PATH = PATH;
});

function program(name: string, script: string): void {
  const file = join(programs, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** A process that has ended and that nobody has asked about yet does not live. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !linux || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe.skipIf(process.platform === "win32")("the description of this machine", () => {
  it("has the processor, memory and versions that the system itself states", async () => {
    const machine = await describeMachine();
    expect(machine).toMatchObject({
      availableCores: availableParallelism(),
      node: process.version,
      architecture: process.arch,
    });
    expect(machine.memoryBytes).toBeGreaterThan(2 ** 28);
    expect(machine.memoryBytes).toBeLessThanOrEqual(totalmem());
    expect(machine.physicalCores ?? 1).toBeLessThanOrEqual(machine.logicalCores);
    if (linux) {
      const cpuinfo = readFileSync("/proc/cpuinfo", "utf8");
      const model = /^model name\s*: (.*)$/m.exec(cpuinfo)?.[1];
      if (model) expect(machine.processor).toBe(model.replace(/\s+/g, " ").trim());
      const name = /^NAME="?([^"\n]*)"?$/m.exec(readFileSync("/etc/os-release", "utf8"))![1]!;
      expect(machine.operatingSystem).toContain(name);
    }
  });

  it("tells nothing of who uses it and which one it is", async () => {
    program("nvidia-smi", 'echo "Tesla T4, 15360, 550.54.15"');
    const text = JSON.stringify(await describeMachine());
    expect(text).not.toContain(homedir() + sep);
    expect(text).not.toContain(process.cwd());
    if (linux) expect(text).not.toContain(readFileSync("/etc/machine-id", "utf8").trim());
    expect(Object.keys(JSON.parse(text)).toSorted()).toEqual([
      "architecture",
      "availableCores",
      "gpus",
      "kernel",
      "logicalCores",
      "memoryBytes",
      "node",
      "notices",
      "operatingSystem",
      "physicalCores",
      "processor",
    ]);
  });

  it("has the GPUs that nvidia-smi lists, with what it knows of each", async () => {
    program(
      "nvidia-smi",
      'echo "$@" > "$0.asked"\necho "NVIDIA H200, 143771, 570.86.10"\necho "NVIDIA GB10, [N/A], 570.86.10"',
    );
    const { gpus, notices } = await describeMachine();
    expect(gpus.slice(0, 2)).toEqual([
      { model: "NVIDIA H200", memoryBytes: 143771 * 2 ** 20, driver: "570.86.10" },
      { model: "NVIDIA GB10", memoryBytes: null, driver: "570.86.10" },
    ]);
    expect(notices).toEqual([]);
    const asked = readFileSync(join(programs, "nvidia-smi.asked"), "utf8");
    expect(asked.trim()).toBe("--query-gpu=name,memory.total,driver_version --format=csv,noheader,nounits");
  });

  it("says so where nvidia-smi finds no driver, without repeating its words", async () => {
    program("nvidia-smi", 'echo "cannot read /home/alice/driver"; echo "/home/alice" >&2; exit 9');
    const { gpus, notices } = await describeMachine();
    expect(gpus.filter(({ model }) => /nvidia/i.test(model))).toEqual([]);
    expect(notices).toEqual(["nvidia-smi is installed and finds no working NVIDIA GPU or driver"]);
  });

  it("is there in time, and leaves no process, where nvidia-smi hangs", async () => {
    program("nvidia-smi", 'trap "" TERM INT\n/bin/sleep 600 &\necho "$$ $!" > "$0.pids"\nwait');
    const started = performance.now();
    const machine = await describeMachine({ timeLimit: 1 });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(machine.notices).toContain("nvidia-smi did not answer within 1 s");
    expect(machine.processor).not.toBe("");
    const pids = readFileSync(join(programs, "nvidia-smi.pids"), "utf8").trim().split(" ").map(Number);
    expect(pids).toHaveLength(2);
    for (let i = 0; i < 50 && pids.some(isAlive); i++) await sleep(20);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it.runIf(linux)("is there in time where another program that is asked hangs", async () => {
    program("lscpu", "exec /bin/sleep 600");
    const started = performance.now();
    const machine = await describeMachine({ timeLimit: 1 });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(machine.physicalCores).toBeNull();
    expect(machine.notices[0]).toMatch(/^could not find out the number of physical cores, /);
    expect(machine).toMatchObject({ availableCores: availableParallelism(), node: process.version });
  });

  it("is there where no program is found at all", async () => {
    process.env.PATH = programs;
    const machine = await describeMachine();
    expect(machine.gpus).toEqual([]);
    expect(machine.logicalCores).toBeGreaterThan(0);
  });
});
