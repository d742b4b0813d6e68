/**
 * Imported before `onnxruntime-node` wherever that is: from version 1.30 on it keeps a device id and a record of events in
 * the user's home folder, for upload. A reader who wants that sets the variable to 0.
 */

process.env.ORT_DISABLE_TELEMETRY ??= "1";

export {};
