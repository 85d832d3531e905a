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
  /** What goes on beside it with `--demo`, from when it is ready until it stops. */
  demo?: (place: DemoAddresses) => Promise<Demo>;
}

/** Where a demo finds the system, as anybody from outside would. */
export interface DemoAddresses {
  apiUrl: string;
  ocppUrl: string;
  /** The file of the administrator's key; null where the key was given. */
  keyFile: string | null;
  adminKey: string;
}

export interface Demo {
  /** For the person at the terminal. */
  lines: readonly string[];
  stop(): Promise<void>;
}
