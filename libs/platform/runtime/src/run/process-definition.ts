import type { Type } from '@nestjs/common';
import type { HttpApi } from '../http/http-api';
import type { Mode, ProcessName } from '../settings/read-settings';

export interface ProcessDefinition {
  name: ProcessName;
  mode: Mode;
  /** Everything the process does. */
  module: Type;
  /** The HTTP API, where the process has one. */
  http?: HttpApi;
  /** Starts the demo of `--demo`, which runs beside the process from when it is ready until it stops. */
  demo?: (place: DemoAddresses) => Promise<Demo>;
}

/** The public addresses of the system, and its key, for a demo. */
export interface DemoAddresses {
  apiUrl: string;
  ocppUrl: string;
  /** The file of the administrator's key; null where the key was given. */
  keyFile: string | null;
  adminKey: string;
}

export interface Demo {
  /** Lines that tell the person at the terminal what to try. */
  instructions: readonly string[];
  stop(): Promise<void>;
}
