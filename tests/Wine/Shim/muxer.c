// dotnet.exe for the prefix: passes its arguments to the host next to it. NET_VERSION is defined by make-prefix.sh.
#include <windows.h>
#include <stdio.h>
#define FOLDER L"C:\\Program Files\\dotnet"
int wmain(int argc, wchar_t **argv)
{
    HMODULE host = LoadLibraryW(FOLDER L"\\host\\fxr\\" NET_VERSION L"\\hostfxr.dll");
    int (*run)(int, const wchar_t **, const wchar_t *, const wchar_t *, const wchar_t *) =
        host ? (void *)GetProcAddress(host, "hostfxr_main_startupinfo") : NULL;
    if (!run) { fprintf(stderr, "hostfxr.dll %ls cannot be loaded\n", NET_VERSION); return 1; }
    return run(argc, (const wchar_t **)argv, FOLDER L"\\dotnet.exe", FOLDER, L"");
}
