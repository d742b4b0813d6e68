#!/usr/bin/env node
// `doctor` must come to its end where a library that the other commands load is broken.
const built = require("node:fs").existsSync(require("node:path").join(__dirname, "../dist/cli/main.js"));
if (!built) {
  process.stderr.write("offcurve: the library is not built; build it with: npm run build\n");
  process.exitCode = 1;
} else if (process.argv[2] === "doctor") {
  void require("../dist/cli/commands/doctor.js").doctorMain(process.argv.slice(3));
} else {
  require("../dist/cli/main.js");
}
