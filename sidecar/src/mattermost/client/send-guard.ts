import type { Dispatcher } from 'undici';
import type { BeforeSend } from '../../core/ports/bot.ts';

type GuardedOptions = Dispatcher.DispatchOptions & { beforeSend?: BeforeSend | undefined };

/**
 * Calls the request's `beforeSend` right before its first byte is written. Until then it may have waited for a free connection, or the
 * process may have been suspended, and another worker may hold the chat queue by now.
 */
export function withBeforeSend(dispatcher: Dispatcher): Dispatcher {
  return dispatcher.compose((dispatch) => (options: GuardedOptions, handler) => {
    const { beforeSend } = options;
    return dispatch(options, beforeSend ? guarded(handler, beforeSend) : handler);
  });
}

function guarded(handler: Dispatcher.DispatchHandler, beforeSend: BeforeSend): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller, context) => {
      handler.onRequestStart?.(controller, context);
      try {
        beforeSend();
      } catch (error) {
        controller.abort(error instanceof Error ? error : new Error(String(error)));
      }
    },
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  };
}
