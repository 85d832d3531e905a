/** Where the system of a page runs. */
export interface RunningPlace {
  apiUrl: string;
  ocppUrl: string;
  internalUrl: string;
  dataDir: string;
}
