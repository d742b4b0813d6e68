// The connection file of the Jupyter protocol: where the sockets of one kernel are, and the key its messages are signed with.

import { randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const channels = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"] as const;

/** The content of a connection file, with its field names. */
export type ConnectionInfo = Record<(typeof channels)[number], number> & {
  ip: string;
  key: string;
  transport: "ipc" | "tcp";
  signature_scheme: "hmac-sha256";
  kernel_name: string;
};

/**
 * Writes a connection file into a new temporary folder that only this user can read. The sockets are files in that folder; on Windows,
 * which has none, they are free ports of the loopback interface.
 */
export async function createConnection(
  kernelName: string,
): Promise<{ info: ConnectionInfo; folder: string; file: string }> {
  const folder = mkdtempSync(join(tmpdir(), "offcurve-"));
  const transport = process.platform === "win32" ? "tcp" : "ipc";
  const ports =
    transport === "tcp" ? await freePorts(channels.length) : channels.map((_, index) => index + 1);
  const info = {
    ...(Object.fromEntries(channels.map((name, index) => [name, ports[index]!])) as Record<
      (typeof channels)[number],
      number
    >),
    ip: transport === "tcp" ? "127.0.0.1" : join(folder, "k"),
    key: randomBytes(32).toString("hex"),
    transport,
    signature_scheme: "hmac-sha256",
    kernel_name: kernelName,
  } as const;
  const file = join(folder, "connection.json");
  writeFileSync(file, JSON.stringify(info), { mode: 0o600 });
  return { info, folder, file };
}

/** The ZeroMQ address of one of the kernel's sockets. */
export function address(info: ConnectionInfo, channel: (typeof channels)[number]): string {
  return `${info.transport}://${info.ip}:${info[channel]}`;
}

/** Ports that were free a moment ago. All are held until the last is found, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
