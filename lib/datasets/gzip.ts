/** Decompression of one gzip file held in memory, with nothing before, after or missing. */

import { createGunzip } from "node:zlib";
import { DatasetError } from "./errors";

/**
 * The content of a gzip file.
 *
 * @param bytes the compressed file
 * @param file its name for messages
 * @param limit largest content in bytes that the caller can use; more is an error, so that no file exhausts memory
 * @throws DatasetError for a truncated or corrupt file (the offset is that of the last sound stretch of input), one
 *   whose CRC does not match, one with trailing bytes, or one that holds more than the limit
 */
export async function gunzip(bytes: Uint8Array, file: string, limit: number): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    const stream = createGunzip({ chunkSize: 2 ** 18 });
    const chunks: Buffer[] = [];
    let length = 0;
    const fail = (problem: string, offset: number, cause?: unknown) => {
      stream.destroy();
      reject(new DatasetError(file, problem, offset, { cause }));
    };
    stream.on("data", (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > limit) fail(`the content is longer than the ${limit} bytes expected`, stream.bytesWritten);
    });
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "Z_BUF_ERROR") fail("the gzip data is truncated; get the file again", bytes.length);
      else
        fail(`the gzip data is corrupt (${error.message}); get the file again`, stream.bytesWritten, error);
    });
    stream.on("end", () => {
      // The stream ignores zeros after the last member; here nothing may follow.
      const rest = bytes.length - stream.bytesWritten;
      if (rest > 0) fail(`${rest} bytes follow the end of the gzip data`, stream.bytesWritten);
      else resolve(Buffer.concat(chunks, length));
    });
    stream.end(bytes);
  });
}
