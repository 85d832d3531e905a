import { PATH_METADATA } from '@nestjs/common/constants';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { declaredAccess } from './access';

/** Throws where a controller has a route that declares neither a permission nor that it is public: such a process does not start. */
export function checkDeclared(app: Pick<INestApplication, 'get'>): void {
  const [reflector, scanner] = [app.get(Reflector), new MetadataScanner()];
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  const missing = controllers.flatMap(({ metatype }) => {
    const prototype = (metatype as { prototype?: Record<string, unknown> } | null)?.prototype ?? {};
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] as (() => unknown) & object; // a method, as the scanner says
      const isRoute = Reflect.hasMetadata(PATH_METADATA, handler);
      return isRoute && declaredAccess(reflector, handler) === undefined ? [`${metatype?.name ?? ''}.${name}`] : [];
    });
  });
  if (missing.length > 0) throw new Error(`routes without @Needs or @Public: ${missing.join(', ')}`);
}
