import type { Admin, GroupDescription } from 'kafkajs';

/** The consumer groups whose names pass the test, as the brokers know them. */
export async function describedGroups(admin: Admin, isWanted: (group: string) => boolean): Promise<GroupDescription[]> {
  const { groups } = await admin.listGroups();
  const wanted = groups.map(({ groupId }) => groupId).filter(isWanted);
  return wanted.length === 0 ? [] : (await admin.describeGroups(wanted)).groups;
}
