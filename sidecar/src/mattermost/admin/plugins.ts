import type { MattermostClient } from '../client/client.ts';
import { readId } from '../client/wire.ts';
import { readActivePlugins, readAllPlugins, readPluginStatuses } from './wire.ts';

/** What an administrator does with plugins. */
export function pluginVerbs(client: MattermostClient) {
  return {
    activePlugins: async () => readActivePlugins(await client.getWebappPlugins()),
    plugins: async () => readAllPlugins(await client.getPlugins()),
    pluginStatuses: async () => readPluginStatuses(await client.getPluginStatuses()),
    installPlugin: async (name: string, archive: Uint8Array) =>
      void readId(await client.uploadPlugin(fileOf(name, archive, 'application/gzip'), true)),
    enablePlugin: async (id: string) => void (await client.enablePlugin(id)),
    removePlugin: async (id: string) => void (await client.removePlugin(id)),
  };
}

/** Bytes as the file of a form. */
export function fileOf(name: string, bytes: Uint8Array, type: string): File {
  return new File([new Uint8Array(bytes)], name, { type });
}
