import type { INestApplication } from '@nestjs/common';
import { ModulesContainer, Reflector } from '@nestjs/core';
import type { AuditLog } from '../audit/audit-log';
import { AUDITED, type Auditing } from '../audit/audited';
import { IMPORTABLE, type Importable } from './importable';
import type { ImportTarget } from './import-target';
import { PutTarget } from './put-target';

/** Every handler of the process that is `Imported`. */
export function importTargetsOf(app: INestApplication, auditLog: AuditLog | null): ImportTarget[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ instance }) => targetsOf(instance, app.get(Reflector), auditLog));
}

function targetsOf(controller: unknown, reflector: Reflector, auditLog: AuditLog | null): ImportTarget[] {
  const prototype = Object.getPrototypeOf(controller) as object;
  return Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value }: PropertyDescriptor) => {
    if (typeof value !== 'function') return [];
    const importable = reflector.get<Importable | undefined>(IMPORTABLE, value);
    if (importable === undefined) return [];
    const auditing = reflector.get<Auditing<unknown> | undefined>(AUDITED, value) ?? {};
    return [new PutTarget({ importable, put: value.bind(controller) as never, auditing, controller, auditLog })]; // `Imported` has checked its type
  });
}
