/** `<data>/stack.json`: what runs, kept true while it runs. A dead process has no pid. */
export interface StackFacts {
  apiUrl: string;
  adminKey: string;
  gateways: { name: string; pid: number | null; ocppUrl: string; internalUrl: string }[];
  processes: { name: string; pid: number | null; internalUrl: string }[];
  kafka: { brokers: string[]; pid: number | null };
  redis: { url: string; pid: number | null };
  postgres: { url: string; pid: number | null };
}

/** What a process wrote into its run file. */
export interface RunFile {
  pid: number;
  ocppUrl?: string;
  apiUrl?: string;
  internalUrl: string;
}
