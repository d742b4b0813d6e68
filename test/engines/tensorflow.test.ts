import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unpackLibtensorflow } from "../../lib/engines/install/libtensorflow";
import { buildTensorflow } from "../../lib/engines/install/tensorflow";
import { compileAddon, unpackPackage } from "../../lib/engines/install/tensorflow-addon";
import { findTools, InstallError, type Tools } from "../../lib/engines/install/tools";
import { downloadWheels } from "../../lib/engines/install/wheels";
import { tensorflowPackages } from "../../lib/engines/tensorflow-package";
import { temporaryFolder, wheel } from "./wheels";

/** A JavaScript program that stands for npm or node-gyp. */
function program(text: string): string {
  const file = join(temporaryFolder(), "program.js");
  writeFileSync(file, text);
  return file;
}

const TOOLS: Tools = {
  python: "python3",
  npm: "/nonexistent",
  nodeGyp: "/nonexistent",
  nodeHeaders: undefined,
};

/** A Python with pip; a machine without one can run all other tests. */
const python = ["python3", "python"].find(
  (command) => spawnSync(command, ["-m", "pip", "--version"]).status === 0,
);

const WHEEL = "tensorflow_cpu-2.99.0-cp312-cp312-manylinux_2_27_x86_64.whl";

const LIBRARIES = ["tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2"];

describe("taking libtensorflow from Python's packages", () => {
  it("takes the libraries, the C headers and what CUDA runs on, and nothing else", async () => {
    const [wheels, target] = [temporaryFolder(), temporaryFolder()];
    await wheel(wheels, WHEEL, [
      ...LIBRARIES,
      "tensorflow/include/tensorflow/c/eager/c_api.h",
      "tensorflow/include/tsl/platform/ctstring.h",
      "tensorflow/python/_pywrap_tfe.so",
      "tensorflow/include/unsupported/Eigen/CXX11/Tensor",
    ]);
    await wheel(wheels, "nvidia_cuda_nvcc_cu12-12.9.86-py3-none-any.whl", [
      "nvidia/cuda_nvcc/bin/ptxas",
      "nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc",
      "nvidia/cuda_nvcc/lib/libstatic.a",
      "nvidia/cuda_nvcc/include/crt.h",
    ]);
    expect(await unpackLibtensorflow(wheels, target)).toBe("2.99.0");
    expect(readFileSync(join(target, "lib/libtensorflow_cc.so.2"), "utf8")).toBe(LIBRARIES[0]);
    // The names that the addon is linked with.
    expect(readlinkSync(join(target, "lib/libtensorflow.so"))).toBe("libtensorflow_cc.so.2");
    expect(readlinkSync(join(target, "lib/libtensorflow_framework.so"))).toBe("libtensorflow_framework.so.2");
    expect(existsSync(join(target, "include/tensorflow/c/eager/c_api.h"))).toBe(true);
    expect(existsSync(join(target, "include/tsl/platform/ctstring.h"))).toBe(true);
    expect(existsSync(join(target, "include/unsupported"))).toBe(false);
    expect(existsSync(join(target, "python"))).toBe(false);
    // Where libtensorflow's own search path has them: beside the folder that it lies in.
    expect(statSync(join(target, "nvidia/cuda_nvcc/bin/ptxas")).mode & 0o111).toBe(0o111);
    expect(existsSync(join(target, "nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc"))).toBe(true);
    expect(existsSync(join(target, "nvidia/cuda_nvcc/lib"))).toBe(false);
    expect(existsSync(join(target, "nvidia/cuda_nvcc/include"))).toBe(false);
    expect(existsSync(join(wheels, WHEEL))).toBe(false); // not kept twice
  });

  it("links cuSOLVER to where libtensorflow_framework looks: without it TensorFlow uses no GPU", async () => {
    const [wheels, target] = [temporaryFolder(), temporaryFolder()];
    const library = "nvidia/cusolver/lib/libcusolver.so.11";
    await wheel(wheels, WHEEL, LIBRARIES);
    await wheel(wheels, "nvidia_cusolver_cu12-11.7.5.82-py3-none-any.whl", [library]);
    await unpackLibtensorflow(wheels, target);
    expect(readFileSync(join(target, "nvidia/cusparse/lib/libcusolver.so.11"), "utf8")).toBe(library);
  });

  it("names what a package lacks, and a file that is damaged", async () => {
    const wheels = temporaryFolder();
    await wheel(wheels, WHEEL, LIBRARIES.slice(1));
    await expect(unpackLibtensorflow(wheels, temporaryFolder())).rejects.toThrow(
      new InstallError("TensorFlow's package holds no libtensorflow_cc.so.2; has the lock been changed?"),
    );
    const damaged = await wheel(wheels, WHEEL, LIBRARIES);
    writeFileSync(damaged, readFileSync(damaged).subarray(0, 100));
    await expect(unpackLibtensorflow(wheels, temporaryFolder())).rejects.toThrow(
      /^cannot unpack .*tensorflow_cpu-2\.99\.0.*; give the command again$/,
    );
  });

  it.skipIf(!process.env.CI && !python)("refuses a file that has not the hash of the lock", async () => {
    const [served, wheels, place] = [temporaryFolder(), join(temporaryFolder(), "wheels"), temporaryFolder()];
    const path = await wheel(served, WHEEL, [
      "tensorflow_cpu-2.99.0.dist-info/METADATA",
      "tensorflow_cpu-2.99.0.dist-info/WHEEL",
      ...LIBRARIES,
    ]);
    const lock = join(place, "requirements.txt");
    const sum = createHash("sha256").update(readFileSync(path)).digest("hex");
    const options = `--no-index\n--find-links ${served}\n`;
    writeFileSync(
      lock,
      `${options}tensorflow-cpu==2.99.0 --hash=sha256:${sum.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))}\n`,
    );
    const refused = downloadWheels(lock, wheels, python!);
    await expect(refused).rejects.toThrow(
      /^could not download Python packages with pip \(exit status 1\); see that/,
    );
    await expect(refused).rejects.toThrow(/DO NOT MATCH THE HASHES/i);
    expect(existsSync(join(wheels, WHEEL))).toBe(false);
  });
});

describe("the npm package without its install script", () => {
  const lock = (integrity: string) => {
    const file = join(temporaryFolder(), "package-lock.json");
    const entry = { version: "4.22.0", integrity };
    writeFileSync(file, JSON.stringify({ packages: { "node_modules/@tensorflow/tfjs-node": entry } }));
    return file;
  };
  /** Stands for `npm pack`: writes an archive that is none. */
  const npm = program(`
    const folder = process.argv[process.argv.indexOf("--pack-destination") + 1];
    require("fs").writeFileSync(folder + "/tensorflow-tfjs-node-4.22.0.tgz", "not what was locked");
    console.log(JSON.stringify([{ filename: "tensorflow-tfjs-node-4.22.0.tgz" }]));
  `);

  it("is refused where its checksum is not the project's", async () => {
    const target = join(temporaryFolder(), "package");
    await expect(unpackPackage("tfjs-node", lock("sha512-AAAA"), target, { ...TOOLS, npm })).rejects.toThrow(
      "@tensorflow/tfjs-node 4.22.0 as downloaded has not the sha512 checksum of package-lock.json; nothing of it was used",
    );
    expect(existsSync(join(target, "package.json"))).toBe(false);
  });

  it("is refused where the project does not lock it", async () => {
    await expect(
      unpackPackage("tfjs-node-gpu", lock("sha512-AAAA"), temporaryFolder(), { ...TOOLS, npm }),
    ).rejects.toThrow(
      /does not lock @tensorflow\/tfjs-node-gpu; bring it back with: git checkout package-lock\.json$/,
    );
  });

  it("tells where Node's headers can be named when node-gyp cannot fetch them, with its last words", async () => {
    const nodeGyp = program(`console.error("gyp ERR! network"); process.exit(1);`);
    await expect(compileAddon(temporaryFolder(), { ...TOOLS, nodeGyp })).rejects.toThrow(
      /^could not compile the addon \(exit status 1\); .*npm_config_nodedir\. Its last words:\ngyp ERR! network$/,
    );
  });
});

describe("what building takes", () => {
  it("is named, all of it and with the command that brings it, where it is missing", () => {
    const empty = temporaryFolder();
    expect(() => findTools({ PATH: empty })).toThrow(
      new InstallError(
        "missing here: a C++ compiler (g++), make, Python 3 with pip, tar; on Debian and Ubuntu this installs them: sudo apt-get install -y build-essential python3-pip",
      ),
    );
  });

  it("leaves nothing behind where it fails", async () => {
    const root = temporaryFolder(); // holds no lock
    await expect(buildTensorflow("tfjs-node", () => {}, root)).rejects.toThrow(InstallError);
    const built = join(root, "built");
    expect(existsSync(built) ? readdirSync(built) : []).toEqual([]);
  });
});

describe("the packages of TensorFlow on a machine", () => {
  it("are told apart by whether their native part is there", () => {
    const root = temporaryFolder();
    const built = join(root, "built/tfjs-node-gpu");
    expect(tensorflowPackages("tfjs-node-gpu", root).filter(({ origin }) => origin === "built")).toEqual([]);
    mkdirSync(join(built, "lib/napi-v8"), { recursive: true });
    writeFileSync(join(built, "package.json"), "{}");
    expect(tensorflowPackages("tfjs-node-gpu", root)[0]).toEqual({
      folder: built,
      origin: "built",
      complete: false,
    });
    writeFileSync(join(built, "lib/napi-v8/tfjs_binding.node"), "");
    expect(tensorflowPackages("tfjs-node-gpu", root)[0]).toEqual({
      folder: built,
      origin: "built",
      complete: true,
    });
  });
});
