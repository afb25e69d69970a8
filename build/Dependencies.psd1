# Tools of the build besides the .NET SDK and its packages (Directory.Packages.props).
# A module is taken from the module path if its version there is Minimum <= version < Below, else installed in Version from
# the gallery; Pester, which its makers publish as a NuGet package too, also from there.
@{
    # build.sh restores this one as a .NET tool where there is no pwsh.
    PowerShell       = '7.6.9'

    Pester           = @{ Minimum = '5.9.0'; Below = '7.0.0'; Version = '5.9.1'; IsNuGetPackage = $true }
    PSScriptAnalyzer = @{ Minimum = '1.23.0'; Below = '2.0.0'; Version = '1.25.0' }
}
