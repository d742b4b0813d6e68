/** Whether ONNX Runtime can start an execution provider here, found out by starting it. */

import { Recorder } from "../trace/recorder";
import type { EngineUnavailableError } from "./errors";
import { compile, type Provider } from "./onnx-session";

/**
 * Creates and lets go of a model of one node on the provider.
 *
 * @param explain what to throw instead of ONNX Runtime's own error
 */
export async function requireProvider(
  provider: Pick<Provider, "options">,
  explain: (error: unknown) => EngineUnavailableError | Promise<EngineUnavailableError>,
): Promise<void> {
  const recorder = new Recorder();
  const graph = recorder.finish({ y: recorder.emit("Tanh", [recorder.input("x", "float32", [4])], [4]) });
  let model: Awaited<ReturnType<typeof compile>>;
  try {
    model = await compile(graph, provider);
  } catch (error) {
    throw await explain(error);
  }
  await model.release();
}
