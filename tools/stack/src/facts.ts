/** `<data>/stack.json`: the running processes, written anew with each change. A dead process has no pid. */
export interface StackFacts {
  apiUrl: string;
  adminKey: string;
  gateways: { name: string; pid: number | null; ocppUrl: string; internalUrl: string }[];
  processes: { name: string; pid: number | null; internalUrl: string }[];
  kafka: { brokers: string[]; pid: number | null };
  redis: { url: string; pid: number | null };
  postgres: { url: string; pid: number | null };
}

/** The run file that a process writes when it is ready. */
export interface RunFile {
  pid: number;
  ocppUrl?: string;
  apiUrl?: string;
  internalUrl: string;
}
