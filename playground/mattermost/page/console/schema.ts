/** A setting of a manifest's `settings_schema`. */
export interface ConsoleSetting {
  key: string;
  display_name: string;
  type: string;
  help_text?: string;
  regenerate_help_text?: string;
  placeholder?: string;
  default?: unknown;
  options?: Array<{ display_name: string; value: string }>;
  hosting?: string;
  secret?: boolean;
}

/** A section of a manifest's `settings_schema`. */
export interface ConsoleSection {
  key: string;
  title?: string;
  subtitle?: string;
  header?: string;
  footer?: string;
  settings?: ConsoleSetting[];
  custom?: boolean;
  fallback?: boolean;
}

/** A manifest with its schema, as `GET /api/v4/plugins` lists it. */
export interface ConsoleManifest {
  id: string;
  name: string;
  version: string;
  description?: string;
  settings_schema?: {
    header?: string;
    footer?: string;
    settings?: ConsoleSetting[] | null;
    sections?: ConsoleSection[] | null;
  };
}

/** The configuration; only the plugin settings are read. */
export interface ConsoleConfig {
  PluginSettings: {
    Enable: boolean;
    Plugins: Record<string, Record<string, unknown>>;
    PluginStates: Record<string, { Enable: boolean }>;
  };
}

/** The id the console gives a setting; dots of the plugin id are escaped as `+`. */
export function settingId(pluginId: string, key: string): string {
  return `PluginSettings.Plugins.${pluginId.replace(/\./g, '+')}.${key.toLowerCase()}`;
}

/** Sections to show; with `sections` present the top-level settings are not rendered. */
export function sectionsOf(manifest: ConsoleManifest): ConsoleSection[] {
  const schema = manifest.settings_schema;
  if (schema?.sections && schema.sections.length > 0) return schema.sections;
  return [{ key: '', settings: schema?.settings ?? [] }];
}

/** The values of a plugin's settings: stored ones over the schema's defaults, keys lower-cased. */
export function initialValues(manifest: ConsoleManifest, config: ConsoleConfig): Record<string, unknown> {
  const settings = sectionsOf(manifest).flatMap((section) => section.settings ?? []);
  const defaults = settings
    .filter((setting) => setting.default !== undefined)
    .map((setting) => [setting.key.toLowerCase(), setting.default]);
  return { ...Object.fromEntries(defaults), ...config.PluginSettings.Plugins[manifest.id] };
}

/** The patch that changes one plugin: a map in a patch replaces the whole stored map, so all plugins are sent back. */
export function settingsPatch(config: ConsoleConfig, pluginId: string, values: Record<string, unknown>) {
  return { PluginSettings: { Plugins: { ...config.PluginSettings.Plugins, [pluginId]: values } } };
}
