# The libraries that are compiled in advance, for each platform, and which of them a process loads.
BeforeDiscovery {
    # The machine of an image, and what .NET adds to it for a system other than Windows (IMAGE_FILE_MACHINE_OS_MASK...).
    $platforms = @(
        @{ Platform = 'win-x64'; Machine = 0x8664 }
        @{ Platform = 'win-arm64'; Machine = 0xAA64 }
        @{ Platform = 'linux-x64'; Machine = 0x8664 -bxor 0x7B79 }
        @{ Platform = 'linux-arm64'; Machine = 0xAA64 -bxor 0x7B79 }
        @{ Platform = 'osx-arm64'; Machine = 0xAA64 -bxor 0x4644 }
    )
}

BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    $environment = Use-CleanEnvironment
    $package = Get-TestPackage
    $libraries = Join-Path $package 'bin/lib'
    $system = if ($IsWindows) { 'win' } elseif ($IsMacOS) { 'osx' } else { 'linux' }
    $platform = "$system-$([Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
    $hasImages = Test-Path (Join-Path $libraries $platform)

    function Read-Library {
        param([string] $Path)
        $reader = [Reflection.PortableExecutable.PEReader]::new([IO.File]::OpenRead($Path))
        try {
            $metadata = [Reflection.Metadata.PEReaderExtensions]::GetMetadataReader($reader)
            [pscustomobject]@{
                Machine    = [int] $reader.PEHeaders.CoffHeader.Machine
                NativeSize = $reader.PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size
                Id         = $metadata.GetGuid($metadata.GetModuleDefinition().Mvid)
                Version    = $metadata.GetAssemblyDefinition().Version
            }
        }
        finally {
            $reader.Dispose()
        }
    }

    # A copy of the package with the images of this platform only.
    function New-PackageCopy {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Into a folder of the tests.')]
        param()
        $copy = Join-Path $TestDrive ([Guid]::NewGuid())
        Copy-Item $package $copy -Recurse
        Get-ChildItem (Join-Path $copy 'bin/lib') -Directory | Where-Object Name -ne $platform | Remove-Item -Recurse
        $copy
    }

    # Checks a pair that is not due. Says from where the engine and its package came, and which percentage of the engine's
    # methods .NET compiles, instead of taking their native code: those of one folder, without generic ones.
    function Measure-Check {
        param([string] $Package)
        $pair = Build-TestCertificate -Authority (Build-TestAuthority) -Folder ([IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName)
        $run = Invoke-FreshPwsh -Script @"
Import-Module '$(Join-Path $Package 'StepCaRenew.psd1')'
`$result = Invoke-StepRenewal -LiteralPath '$($pair.CertificatePath)'
`$loaded = [Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -eq StepCaRenew | ForEach-Object Assemblies
`$types = (`$loaded | Where-Object { `$_.GetName().Name -eq 'StepCaRenew.Core' }).GetTypes().Where{ `$_.Namespace -eq 'StepCaRenew.Ca' -and -not `$_.ContainsGenericParameters }
`$methods = `$types.ForEach{ `$_.GetMethods('DeclaredOnly, Public, NonPublic, Static, Instance') }.Where{ `$_.GetMethodBody() -and -not `$_.ContainsGenericParameters }
`$before = [Runtime.JitInfo]::GetCompiledMethodCount(`$true)
foreach (`$method in `$methods) { [Runtime.CompilerServices.RuntimeHelpers]::PrepareMethod(`$method.MethodHandle) }
`$compiled = [Runtime.JitInfo]::GetCompiledMethodCount(`$true) - `$before
[pscustomobject]@{
    Status   = `$result.Status
    Folders  = @(`$loaded.Location | Split-Path | Split-Path -Leaf | Sort-Object -Unique)
    Loaded   = @(`$loaded).Count
    Methods  = `$methods.Count
    Compiled = [int] (100 * `$compiled / `$methods.Count)
} | ConvertTo-Json
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Output | ConvertFrom-Json
    }
}

AfterAll {
    Restore-Environment $environment
}

Describe 'The images for <Platform>' -ForEach $platforms {
    It 'are the libraries of the package, with native code for that platform' {
        $names = (Get-ChildItem $libraries -Filter *.dll).Name
        $names | Should -Contain 'StepCaRenew.Core.dll'
        (Get-ChildItem (Join-Path $libraries $Platform)).Name | Should -Be $names
        foreach ($name in $names) {
            $library = Read-Library (Join-Path $libraries $name)
            $image = Read-Library (Join-Path $libraries $Platform $name)
            $library.NativeSize | Should -Be 0 -Because "$name must run everywhere"
            $image.NativeSize | Should -BeGreaterThan 0
            $image.Machine | Should -Be $Machine
            $image.Id | Should -Be $library.Id
            $image.Version | Should -Be $library.Version
        }
    }
}

Describe 'A process' {
    It 'loads the engine and its packages from the images for its platform, with native code that .NET accepts' {
        if (-not $hasImages) { return Skip-Test -Because "the package has no images for $platform" }
        $with = Measure-Check $package
        $with.Status | Should -BeExactly 'NotDue'
        $with.Folders | Should -BeExactly $platform
        $with.Loaded | Should -Be 2
        $with.Methods | Should -BeGreaterThan 300
        $with.Compiled | Should -BeLessThan 20

        $copy = New-PackageCopy
        Remove-Item (Join-Path $copy "bin/lib/$platform") -Recurse
        $without = Measure-Check $copy
        $without.Status | Should -BeExactly 'NotDue'
        $without.Folders | Should -BeExactly 'lib'
        $without.Compiled | Should -BeGreaterThan 80
    }

    It 'loads a library instead of an image that is <What>' -ForEach @(
        @{ What = 'empty'; Damage = { [IO.File]::WriteAllBytes($args[0], @()) } }
        @{ What = 'cut off'; Damage = { $bytes = [IO.File]::ReadAllBytes($args[0]); [IO.File]::WriteAllBytes($args[0], $bytes[0..($bytes.Length / 2)]) } }
        @{ What = 'something else'; Damage = { [IO.File]::WriteAllText($args[0], 'no image') } }
        @{ What = 'missing'; Damage = { Remove-Item $args[0] } }
    ) {
        if (-not $hasImages) { return Skip-Test -Because "the package has no images for $platform" }
        $copy = New-PackageCopy
        & $Damage (Join-Path $copy "bin/lib/$platform/StepCaRenew.Core.dll")
        $check = Measure-Check $copy
        $check.Status | Should -BeExactly 'NotDue'
        # The other one is whole.
        $check.Folders | Should -BeExactly (@('lib', $platform) | Sort-Object)
    }

    It 'uses <Expected> with .NET <Runtime> on <System> and <Processor>' -ForEach @(
        @{ Runtime = '10.0.0'; System = 'linux'; Processor = 'X64'; Expected = 'linux-x64' }
        @{ Runtime = '10.0.7'; System = 'linux'; Processor = 'Arm64'; Expected = 'linux-arm64' }
        @{ Runtime = '11.0.0'; System = 'win'; Processor = 'X64'; Expected = 'win-x64' }
        @{ Runtime = '10.0.0'; System = 'win'; Processor = 'Arm64'; Expected = 'win-arm64' }
        @{ Runtime = '10.0.0'; System = 'osx'; Processor = 'Arm64'; Expected = 'osx-arm64' }
        @{ Runtime = '9.0.11'; System = 'linux'; Processor = 'X64'; Expected = 'no image' }
        @{ Runtime = '8.0.20'; System = 'win'; Processor = 'X64'; Expected = 'no image' }
        @{ Runtime = '10.0.0'; System = 'osx'; Processor = 'X64'; Expected = 'no image' }
        @{ Runtime = '10.0.0'; System = 'win'; Processor = 'X86'; Expected = 'no image' }
        @{ Runtime = '10.0.0'; System = 'linux'; Processor = 'S390x'; Expected = 'no image' }
        @{ Runtime = '10.0.0'; System = $null; Processor = 'X64'; Expected = 'no image' }
    ) {
        $context = (Get-ModuleCommand)[0].ImplementingType.Assembly.GetType('StepCaRenew.Cmdlets.Support.CoreContext')
        $choose = $context.GetMethod('ImagePlatform', [Reflection.BindingFlags] 'Static, NonPublic')
        $chosen = $choose.Invoke($null, @([version] $Runtime, $System, [Runtime.InteropServices.Architecture] $Processor))
        $(if ($chosen) { $chosen } else { 'no image' }) | Should -BeExactly $Expected
    }
}
