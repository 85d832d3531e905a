export default async function teardown(): Promise<void> {
  await globalThis.voltbusTestPostgres?.stop();
  globalThis.voltbusTestPostgres = undefined;
}
